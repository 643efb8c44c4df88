package dev.berth.linux;

import dev.berth.Limits;
import dev.berth.core.text.HostPath;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.FileStatus;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.BlockIO;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Network;
import dev.berth.spec.LinuxResources.Pids;
import dev.berth.spec.LinuxResources.ThrottleDevice;
import dev.berth.spi.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What {@link Limits} mean, in terms of the specification. */
final class LimitEdits {
  /** Microseconds; the kernel's own default, and what every engine uses. */
  private static final long CPU_PERIOD = 100_000;

  private final Limits limits;
  private final Memory before;

  private LimitEdits(Limits limits, Memory before) {
    this.limits = limits;
    this.before = before;
  }

  /**
   * The limits that are mentioned.
   *
   * @param before what the container has: the specification counts memory and swap together
   * @throws IllegalArgumentException if a limit of swap has none of memory beside it, or a device
   *     is not one
   */
  static LinuxResources of(Limits limits, LinuxResources before) {
    return new LimitEdits(limits, before.memory()).resources();
  }

  private LinuxResources resources() {
    return new LinuxResources(
        List.of(),
        memory(),
        cpu(),
        new Pids(orNull(limits.pids())),
        blockIO(),
        List.of(),
        Network.NONE,
        Map.of(),
        Map.of());
  }

  private Memory memory() {
    Long limit = orNull(limits.memory());
    Long reservation = orNull(limits.reservation());
    return new Memory(limit, reservation, memoryAndSwap(), null, null, null, null, null, null);
  }

  private @Nullable Long memoryAndSwap() {
    long memory = limits.memory().orElse(orZero(before.limit()));
    if (limits.swap().isPresent()) {
      return memoryAndSwap(memory, limits.swap().getAsLong());
    }
    long bothBefore = orZero(before.swap());
    if (limits.memory().isEmpty() || bothBefore == 0) {
      return null;
    }
    // The same swap as before.
    return bothBefore < 0 || memory < 0
        ? Long.valueOf(Limits.UNLIMITED)
        : memoryAndSwap(memory, bothBefore - orZero(before.limit()));
  }

  private static long memoryAndSwap(long memory, long swap) {
    if (swap == Limits.UNLIMITED) {
      return swap;
    }
    if (memory <= 0) {
      throw new IllegalArgumentException(
          "swap limit: " + swap + " needs a memory limit, which there is none of");
    }
    if (swap > Long.MAX_VALUE - memory) {
      throw new IllegalArgumentException(
          "swap limit: %s and the memory limit of %s are more bytes together than 2^63-1"
              .formatted(swap, memory));
    }
    return memory + swap;
  }

  private Cpu cpu() {
    Long shares = orNull(limits.cpuShares());
    String cpuset = limits.cpuset().orElse(null);
    if (limits.cpus().isEmpty()) {
      return new Cpu(shares, null, null, null, null, null, cpuset, null, null);
    }
    double cpus = limits.cpus().getAsDouble();
    return cpus == Limits.UNLIMITED
        ? new Cpu(shares, Limits.UNLIMITED, null, null, null, null, cpuset, null, null)
        : new Cpu(
            shares,
            Math.round(cpus * CPU_PERIOD),
            null,
            CPU_PERIOD,
            null,
            null,
            cpuset,
            null,
            null);
  }

  private BlockIO blockIO() {
    return new BlockIO(
        null,
        null,
        List.of(),
        throttle(limits.reads()),
        throttle(limits.writes()),
        List.of(),
        List.of());
  }

  private static List<ThrottleDevice> throttle(Map<Path, Long> rates) {
    return rates.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(rate -> throttle(rate.getKey(), rate.getValue()))
        .toList();
  }

  /** The kernel's word for no limit is 0. */
  private static ThrottleDevice throttle(Path device, long rate) {
    int flags = Directories.O_PATH | Directories.O_CLOEXEC;
    try (Fd fd = Directories.open(HostPath.text(device), flags, 0)) {
      FileStatus status = Directories.statx(fd);
      if (!status.isBlockDevice()) {
        throw new IllegalArgumentException(
            "rate of \"%s\": not a block device".formatted(Printable.value(device.toString())));
      }
      return new ThrottleDevice(status.deviceMajor(), status.deviceMinor(), Math.max(rate, 0));
    } catch (SyscallException e) {
      throw new IllegalArgumentException(
          "rate of \"%s\": %s (%s)"
              .formatted(Printable.value(device.toString()), e.errno(), e.errno().text()),
          e);
    }
  }

  private static @Nullable Long orNull(OptionalLong limit) {
    return limit.isPresent() ? limit.getAsLong() : null;
  }

  private static long orZero(@Nullable Long limit) {
    return limit == null ? 0 : limit;
  }
}
