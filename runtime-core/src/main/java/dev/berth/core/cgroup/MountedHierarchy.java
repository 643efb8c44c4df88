package dev.berth.core.cgroup;

import java.util.List;

/**
 * A tree of cgroups that is mounted here.
 *
 * @param name as in {@code /proc/self/cgroup}, such as {@code cpu,cpuacct} or {@code name=systemd};
 *     {@link #UNIFIED} for the one tree of cgroup v2
 * @param controllers which cgroup v1 has bound to it; empty for a named hierarchy and for cgroup
 *     v2, whose controllers change with the directory
 * @param mountPoint where it is mounted
 */
public record MountedHierarchy(String name, List<String> controllers, String mountPoint) {
  /** The name of the tree of cgroup v2, which has an empty one in {@code /proc/self/cgroup}. */
  public static final String UNIFIED = "unified";

  /** Copies the list. */
  public MountedHierarchy {
    controllers = List.copyOf(controllers);
  }

  /** Whether this is the tree of cgroup v2. */
  public boolean isUnified() {
    return name.equals(UNIFIED);
  }
}
