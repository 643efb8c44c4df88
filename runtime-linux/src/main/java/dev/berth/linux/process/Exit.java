package dev.berth.linux.process;

import dev.berth.linux.sys.WaitResult;
import java.util.Optional;

/**
 * The end of a process.
 *
 * @param nanoTime when it was seen, as {@link System#nanoTime()} has it
 * @param result how it ended; empty if somebody else reaps it, to whom alone the kernel tells that
 */
record Exit(long nanoTime, Optional<WaitResult> result) {}
