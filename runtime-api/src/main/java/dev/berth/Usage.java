package dev.berth;

import java.time.Duration;

/**
 * What a process used, with the children that it waited for; getrusage(2).
 *
 * @param wall from the start of the program to its end
 * @param user processor time in the program
 * @param system processor time in the kernel on its behalf
 * @param peakMemory the largest resident set of one process, in bytes; 0 where it cannot be told,
 *     which is so below that of this JVM: until it begins its program, a process shares the JVM's
 *     memory
 */
public record Usage(Duration wall, Duration user, Duration system, long peakMemory) {}
