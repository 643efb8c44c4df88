package dev.berth.core.cgroup;

import dev.berth.Usage;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was used in a cgroup, as far as it is counted there; see {@link Usage}.
 *
 * @param user processor time in programs
 * @param system processor time in the kernel
 * @param peakMemory bytes at once
 * @param bytesRead from block devices
 * @param bytesWritten to block devices
 * @param throttled waiting for processor time
 * @param peakPids processes and threads at once
 */
public record CgroupUsage(
    Optional<Duration> user,
    Optional<Duration> system,
    OptionalLong peakMemory,
    OptionalLong bytesRead,
    OptionalLong bytesWritten,
    Optional<Duration> throttled,
    OptionalLong peakPids) {

  /** Of no cgroup. */
  public static final CgroupUsage NONE =
      new CgroupUsage(
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          OptionalLong.empty());

  /** This, and for what is not counted in the cgroup what its parent knows of a process. */
  public Usage orOf(Usage process) {
    return new Usage(
        process.wall(),
        user.orElse(process.user()),
        system.orElse(process.system()),
        Figures.or(peakMemory, process.peakMemory()),
        process.largestResident(),
        Figures.or(bytesRead, process.bytesRead()),
        Figures.or(bytesWritten, process.bytesWritten()),
        throttled.or(process::throttled),
        Figures.or(peakPids, process.peakPids()));
  }
}
