package dev.berth;

import java.util.OptionalLong;

/**
 * Processes of a container that the kernel killed because there was no memory left, as it counts
 * them in the container's cgroup and, with cgroup v2, in all that are or were in it.
 *
 * @param processes how many
 * @param groups how often it killed all of a cgroup together, by {@code memory.oom.group}; they are
 *     among {@code processes} one by one
 * @param limit what there was no memory left of
 * @param bytes that limit; empty if it is not the container's own, or there is none any more
 */
public record MemoryKills(long processes, long groups, Limit limit, OptionalLong bytes) {

  /**
   * What was used up. Cgroup v2 tells; v1 tells only whether a limit was ever reached, and so the
   * nearest that was is named.
   */
  public enum Limit {
    /** The container's memory limit. */
    MEMORY("memory limit"),
    /** The container's limit of memory and swap together. */
    MEMORY_AND_SWAP("limit of memory and swap"),
    /** The memory limit of a cgroup in the container's. */
    INSIDE("memory limit of a cgroup in the container's"),
    /** The memory limit of a cgroup that the container's is in, or the memory of the machine. */
    OUTSIDE("memory limit of a cgroup above the container's, or the machine's memory");

    private final String text;

    Limit(String text) {
      this.text = text;
    }

    /** {@code memory limit}. */
    @Override
    public String toString() {
      return text;
    }
  }

  private static final int UNIT = 1024;

  /** {@code out of memory (memory limit 64 MiB, 1 kill)}. */
  @Override
  public String toString() {
    String size = bytes.isPresent() ? " " + readable(bytes.getAsLong()) : "";
    String all = groups > 0 ? ", all of the cgroup" : "";
    return "out of memory (%s%s, %s %s%s)"
        .formatted(limit, size, processes, processes == 1 ? "kill" : "kills", all);
  }

  /** The size in the largest unit that it is a whole number of. */
  private static String readable(long bytes) {
    long number = bytes;
    int unit = 0;
    while (number != 0 && number % UNIT == 0 && unit < 4) {
      number /= UNIT;
      unit++;
    }
    return number + " " + new String[] {"bytes", "KiB", "MiB", "GiB", "TiB"}[unit];
  }

  /** What helps, as the end of a sentence. */
  String remedy() {
    return switch (limit) {
      case MEMORY -> "raise Limits.memory";
      case MEMORY_AND_SWAP -> "raise linux.resources.memory.swap";
      case INSIDE -> "raise the limit that was set in the container";
      case OUTSIDE -> "raise the limit above, or have more memory";
    };
  }
}
