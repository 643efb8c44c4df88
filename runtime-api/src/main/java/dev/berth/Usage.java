package dev.berth;

import java.time.Duration;

/**
 * What a process used, with the children that it waited for; getrusage(2).
 *
 * @param wall from the start of the program to its end
 * @param user processor time in the program
 * @param system processor time in the kernel on its behalf
 * @param peakMemory the largest resident set of one process, in bytes
 */
public record Usage(Duration wall, Duration user, Duration system, long peakMemory) {}
