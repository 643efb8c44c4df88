package dev.berth.core.state;

import dev.berth.Ending;
import dev.berth.MemoryKills;
import java.time.Instant;
import java.util.Optional;

/**
 * How the first process of a container ended, in {@code ending.json} of its state directory. The
 * kernel tells only the parent, and whoever has waited for it since Linux 6.15; so who is told
 * writes it down for the others.
 *
 * @param container when that was made, which tells it from another one with the same id
 * @param ending why
 * @param kills what the kernel had killed for want of memory
 */
public record EndingRecord(Instant container, Ending ending, Optional<MemoryKills> kills) {}
