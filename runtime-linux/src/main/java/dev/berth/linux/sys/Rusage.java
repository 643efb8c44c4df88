package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What a process and the children it waited for have used; <a
 * href="https://man7.org/linux/man-pages/man2/getrusage.2.html">getrusage(2)</a>.
 *
 * @param userTime {@code ru_utime}
 * @param systemTime {@code ru_stime}
 * @param maxResidentKib {@code ru_maxrss}
 * @param blocksRead {@code ru_inblock}, of 512 bytes
 * @param blocksWritten {@code ru_oublock}, the same
 */
public record Rusage(
    Duration userTime,
    Duration systemTime,
    long maxResidentKib,
    long blocksRead,
    long blocksWritten) {

  // struct timeval in line: its members are not of interest by themselves.
  static final StructLayout LAYOUT =
      Structs.ofLongs(
          "struct rusage",
          "ru_utime.tv_sec",
          "ru_utime.tv_usec",
          "ru_stime.tv_sec",
          "ru_stime.tv_usec",
          "ru_maxrss",
          "ru_ixrss",
          "ru_idrss",
          "ru_isrss",
          "ru_minflt",
          "ru_majflt",
          "ru_nswap",
          "ru_inblock",
          "ru_oublock",
          "ru_msgsnd",
          "ru_msgrcv",
          "ru_nsignals",
          "ru_nvcsw",
          "ru_nivcsw");

  static Rusage read(MemorySegment usage) {
    return new Rusage(
        time(usage, "ru_utime"),
        time(usage, "ru_stime"),
        number(usage, "ru_maxrss"),
        number(usage, "ru_inblock"),
        number(usage, "ru_oublock"));
  }

  private static long number(MemorySegment usage, String member) {
    return usage.get(JAVA_LONG, Structs.offset(LAYOUT, member));
  }

  private static Duration time(MemorySegment usage, String member) {
    return Duration.ofSeconds(number(usage, member + ".tv_sec"))
        .plus(number(usage, member + ".tv_usec"), ChronoUnit.MICROS);
  }
}
