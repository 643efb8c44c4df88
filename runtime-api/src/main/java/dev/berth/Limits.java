package dev.berth;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a container may use at the most. Immutable. What is absent is not limited, or, in {@link
 * Container#update(Limits)}, stays as it is; {@link #UNLIMITED} says that there is to be no limit.
 *
 * @param memory bytes, counting the page cache
 * @param reservation bytes of memory that others do not take when memory is short, or, with cgroup
 *     v1, above which this container gives back first
 * @param swap bytes of swap alone; 0 for none. It takes a limit of memory
 * @param cpus processors, such as 0.5 or 2; 0.01 to 1000000
 * @param cpuShares share of processor time against other containers when all want more than there
 *     is, 2 to 262144; who says nothing has 1024
 * @param cpuset the processors to run on, such as {@code 0-3,7}
 * @param pids processes and threads
 * @param reads bytes that are read a second, by device node, such as {@code /dev/sda}; of whole
 *     disks
 * @param writes bytes that are written a second, in the same form
 */
public record Limits(
    OptionalLong memory,
    OptionalLong reservation,
    OptionalLong swap,
    OptionalDouble cpus,
    OptionalLong cpuShares,
    Optional<String> cpuset,
    OptionalLong pids,
    Map<Path, Long> reads,
    Map<Path, Long> writes) {

  /** No limit, where one could be. */
  public static final long UNLIMITED = -1;

  private static final double MIN_CPUS = 0.01;
  private static final double MAX_CPUS = 1_000_000;
  private static final long MIN_SHARES = 2;
  private static final long MAX_SHARES = 262_144;

  /** No limits. */
  public static final Limits NONE =
      new Limits(
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalDouble.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          Map.of(),
          Map.of());

  /**
   * Copies the maps.
   *
   * @throws IllegalArgumentException if a limit is neither {@link #UNLIMITED} nor what its
   *     parameter can be: where nothing else is said, a number greater than 0
   */
  public Limits {
    requirePositive("memory limit", memory);
    requirePositive("memory reservation", reservation);
    if (swap.isPresent() && swap.getAsLong() < UNLIMITED) {
      throw new IllegalArgumentException("swap limit: " + swap.getAsLong() + " is negative");
    }
    if (cpus.isPresent() && !isCpuLimit(cpus.getAsDouble())) {
      throw new IllegalArgumentException(
          "cpu limit: "
              + cpus.getAsDouble()
              + " is not within 0.01, the least that the kernel takes,"
              + " to 1000000");
    }
    if (cpuShares.isPresent()
        && (cpuShares.getAsLong() < MIN_SHARES || cpuShares.getAsLong() > MAX_SHARES)) {
      throw new IllegalArgumentException(
          "cpu shares: " + cpuShares.getAsLong() + " is not within 2 to 262144");
    }
    requirePositive("pids limit", pids);
    reads = Map.copyOf(reads);
    writes = Map.copyOf(writes);
    reads.forEach((device, rate) -> requirePositive("read rate of " + device, rate));
    writes.forEach((device, rate) -> requirePositive("write rate of " + device, rate));
  }

  private static boolean isCpuLimit(double cpus) {
    return cpus == UNLIMITED || (cpus >= MIN_CPUS && cpus <= MAX_CPUS);
  }

  private static void requirePositive(String what, OptionalLong limit) {
    limit.ifPresent(value -> requirePositive(what, value));
  }

  private static void requirePositive(String what, long limit) {
    if (limit <= 0 && limit != UNLIMITED) {
      throw new IllegalArgumentException(
          what + ": " + limit + " is neither positive nor UNLIMITED");
    }
  }

  /** These limits with {@code bytes} of memory. */
  public Limits memory(long bytes) {
    return new Limits(
        OptionalLong.of(bytes), reservation, swap, cpus, cpuShares, cpuset, pids, reads, writes);
  }

  /** These limits with {@code bytes} of memory that are reserved. */
  public Limits reservation(long bytes) {
    return new Limits(
        memory, OptionalLong.of(bytes), swap, cpus, cpuShares, cpuset, pids, reads, writes);
  }

  /** These limits with {@code bytes} of swap, beside the memory. */
  public Limits swap(long bytes) {
    return new Limits(
        memory, reservation, OptionalLong.of(bytes), cpus, cpuShares, cpuset, pids, reads, writes);
  }

  /** These limits with this many processors. */
  public Limits cpus(double cpus) {
    return new Limits(
        memory, reservation, swap, OptionalDouble.of(cpus), cpuShares, cpuset, pids, reads, writes);
  }

  /** These limits with this share of processor time. */
  public Limits cpuShares(long shares) {
    return new Limits(
        memory, reservation, swap, cpus, OptionalLong.of(shares), cpuset, pids, reads, writes);
  }

  /** These limits with these processors, such as {@code 0-3,7}. */
  public Limits cpuset(String processors) {
    return new Limits(
        memory, reservation, swap, cpus, cpuShares, Optional.of(processors), pids, reads, writes);
  }

  /** These limits with this many processes and threads. */
  public Limits pids(long count) {
    return new Limits(
        memory, reservation, swap, cpus, cpuShares, cpuset, OptionalLong.of(count), reads, writes);
  }

  /** These limits with this many bytes a second that are read from a disk. */
  public Limits reads(Path disk, long bytes) {
    return new Limits(
        memory, reservation, swap, cpus, cpuShares, cpuset, pids, with(reads, disk, bytes), writes);
  }

  /** These limits with this many bytes a second that are written to a disk. */
  public Limits writes(Path disk, long bytes) {
    return new Limits(
        memory, reservation, swap, cpus, cpuShares, cpuset, pids, reads, with(writes, disk, bytes));
  }

  private static Map<Path, Long> with(Map<Path, Long> rates, Path disk, long bytes) {
    Map<Path, Long> more = new HashMap<>(rates);
    more.put(disk, bytes);
    return more;
  }
}
