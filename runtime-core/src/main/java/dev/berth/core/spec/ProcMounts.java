package dev.berth.core.spec;

import dev.berth.spec.Mount;
import java.nio.file.Path;
import java.util.Set;

/** Which mounts there may be in {@code /proc}, as far as their destination's text tells. */
public final class ProcMounts {
  /**
   * Files that say how large the machine is, which lxcfs replaces by how large the container is.
   */
  private static final Set<String> REPLACEABLE =
      Set.of(
          "/proc/cpuinfo",
          "/proc/diskstats",
          "/proc/loadavg",
          "/proc/meminfo",
          "/proc/slabinfo",
          "/proc/stat",
          "/proc/swaps",
          "/proc/uptime",
          "/proc/sys/crypto/fips_enabled",
          "/proc/sys/kernel/ns_last_pid");

  private ProcMounts() {}

  /**
   * The destination of {@code mount}, absolute and without detours, where no link is on the way.
   */
  public static String place(Mount mount) {
    return Path.of("/", mount.destination()).normalize().toString();
  }

  /** Whether something may be mounted on this file of {@code /proc}. */
  public static boolean isReplaceable(String place) {
    return REPLACEABLE.contains(place);
  }
}
