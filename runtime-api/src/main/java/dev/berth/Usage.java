package dev.berth;

import java.time.Duration;

/**
 * What a process used, with the children that it waited for; getrusage(2).
 *
 * @param wall from the start of the program to its end
 * @param user processor time in the program
 * @param system processor time in the kernel on its behalf
 * @param peakMemory in bytes: of a container that was run to its end, the most that all of it took
 *     at once, as its memory cgroup counted it, with the page cache; of a process, its largest
 *     resident set; 0 where it cannot be told, which for a process is so below that of this JVM:
 *     until it begins its program, it shares the JVM's memory
 */
public record Usage(Duration wall, Duration user, Duration system, long peakMemory) {

  /** The same with another peak of memory. */
  public Usage withPeakMemory(long bytes) {
    return new Usage(wall, user, system, bytes);
  }
}
