package dev.berth;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was used from the start of a program to its end. What nobody counted is absent.
 *
 * <p>Of the first process of a container with a cgroup it is what the kernel has counted for that
 * cgroup: of everything that ever ran in it, also what nobody waited for, and of the last steps of
 * its set-up. What is not counted there, and all of any other process, comes from wait4(2): of the
 * process and the children that it waited for. Where systemd has removed the cgroup before it could
 * be read, the cgroup's figures are those of systemd: processor time is divided into that in
 * programs and that in the kernel as the process's, and what systemd does not count is absent.
 *
 * @param wall from the start of the program to its end
 * @param user processor time in programs
 * @param system processor time in the kernel on their behalf
 * @param peakMemory in bytes: the most that all of it took at once, with the page cache; only of a
 *     cgroup, with the memory controller, and with cgroup v2 since Linux 5.19
 * @param largestResident in bytes: the largest resident set that one process had, getrusage(2);
 *     absent where it was below that of this JVM, whose memory a process shares until it begins its
 *     program
 * @param bytesRead from block devices
 * @param bytesWritten to block devices; from wait4(2), and so with most kernels with cgroup v1,
 *     what was written to files on them, even if it is still in memory
 * @param throttled how long processes waited for processor time because of a limit, summed over
 *     processors; only of a cgroup, with the cpu controller
 * @param peakPids the most processes and threads at once, of an exec perhaps with the process that
 *     sets it up; only of a cgroup, with the pids controller, since Linux 6.1
 * @see Container#stats()
 */
public record Usage(
    Duration wall,
    Duration user,
    Duration system,
    OptionalLong peakMemory,
    OptionalLong largestResident,
    OptionalLong bytesRead,
    OptionalLong bytesWritten,
    Optional<Duration> throttled,
    OptionalLong peakPids) {

  /** Processor time altogether. */
  public Duration cpu() {
    return user.plus(system);
  }
}
