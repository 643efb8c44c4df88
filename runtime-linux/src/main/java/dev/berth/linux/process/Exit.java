package dev.berth.linux.process;

import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.linux.sys.WaitResult;
import java.util.Optional;

/**
 * The end of a process.
 *
 * @param nanoTime when it was seen, as {@link System#nanoTime()} has it
 * @param result how it ended; empty if somebody else reaps it, to whom alone the kernel tells that
 * @param ending why
 * @param kills what the kernel had killed for want of memory by then
 */
record Exit(
    long nanoTime, Optional<WaitResult> result, Ending ending, Optional<MemoryKills> kills) {}
