package dev.berth;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a container may use at the most. Immutable.
 *
 * @param memory bytes, counting the page cache
 * @param cpus processors, such as 0.5 or 2
 * @param pids processes and threads
 */
public record Limits(OptionalLong memory, OptionalDouble cpus, OptionalLong pids) {

  /** No limits. */
  public static final Limits NONE =
      new Limits(OptionalLong.empty(), OptionalDouble.empty(), OptionalLong.empty());

  public Limits {
    if (memory.isPresent() && memory.getAsLong() <= 0) {
      throw new IllegalArgumentException(
          "memory limit: " + memory.getAsLong() + " is not positive");
    }
    if (cpus.isPresent() && !(cpus.getAsDouble() >= 0.01)) {
      throw new IllegalArgumentException(
          "cpu limit: " + cpus.getAsDouble() + " is below 0.01, the least that the kernel takes");
    }
    if (pids.isPresent() && pids.getAsLong() <= 0) {
      throw new IllegalArgumentException("pids limit: " + pids.getAsLong() + " is not positive");
    }
  }

  /** These limits with {@code bytes} of memory. */
  public Limits memory(long bytes) {
    return new Limits(OptionalLong.of(bytes), cpus, pids);
  }

  /** These limits with this many processors. */
  public Limits cpus(double processors) {
    return new Limits(memory, OptionalDouble.of(processors), pids);
  }

  /** These limits with this many processes and threads. */
  public Limits pids(long count) {
    return new Limits(memory, cpus, OptionalLong.of(count));
  }
}
