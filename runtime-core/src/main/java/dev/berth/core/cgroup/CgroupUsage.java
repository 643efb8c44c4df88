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
 * @param cpu both together, where they are not told apart
 * @param peakMemory bytes at once
 * @param bytesRead from block devices
 * @param bytesWritten to block devices
 * @param throttled waiting for processor time
 * @param peakPids processes and threads at once
 */
public record CgroupUsage(
    Optional<Duration> user,
    Optional<Duration> system,
    Optional<Duration> cpu,
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
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          OptionalLong.empty());

  /** This, and for what is absent that of {@code other}, which is about the same cgroup. */
  public CgroupUsage or(CgroupUsage other) {
    boolean toldApart = user.isPresent() && system.isPresent();
    return new CgroupUsage(
        user.or(other::user),
        system.or(other::system),
        toldApart ? Optional.empty() : cpu.or(other::cpu),
        Figures.or(peakMemory, other.peakMemory),
        Figures.or(bytesRead, other.bytesRead),
        Figures.or(bytesWritten, other.bytesWritten),
        throttled.or(other::throttled),
        Figures.or(peakPids, other.peakPids));
  }

  /** This, and for what is not counted in the cgroup what its parent knows of a process. */
  public Usage orOf(Usage process) {
    Duration inPrograms = cpu.map(all -> inPrograms(all, process)).orElse(process.user());
    Duration inKernel = cpu.map(all -> all.minus(inPrograms)).orElse(process.system());
    return new Usage(
        process.wall(),
        user.orElse(inPrograms),
        system.orElse(inKernel),
        Figures.or(peakMemory, process.peakMemory()),
        process.largestResident(),
        Figures.or(bytesRead, process.bytesRead()),
        Figures.or(bytesWritten, process.bytesWritten()),
        throttled.or(process::throttled),
        Figures.or(peakPids, process.peakPids()));
  }

  /** As of the process, which is how the kernel divides what it counts exactly, too. */
  private static Duration inPrograms(Duration all, Usage process) {
    double nanos = process.cpu().toNanos();
    return nanos == 0
        ? all
        : Duration.ofNanos(Math.round(all.toNanos() * (process.user().toNanos() / nanos)));
  }
}
