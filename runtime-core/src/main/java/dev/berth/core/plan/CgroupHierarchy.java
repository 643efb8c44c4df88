package dev.berth.core.plan;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hierarchy of cgroups(7) as the host has it mounted.
 *
 * @param version of its interface
 * @param directory its mount point, relative to {@code /sys/fs/cgroup}; empty for that one itself
 * @param controllers of version 1, what the hierarchy was mounted with, {@code name=…} for one
 *     without controllers; empty for version 2
 * @param cgroup the container's own cgroup, on the host; {@code null} if it stays in the runtime's
 */
public record CgroupHierarchy(
    Version version, String directory, List<String> controllers, @Nullable Path cgroup) {

  /** The two interfaces, which a hybrid host has side by side. */
  public enum Version {
    V1,
    V2
  }

  public CgroupHierarchy {
    controllers = List.copyOf(controllers);
  }

  /** Its type, as in {@code /proc/filesystems}. */
  String fileSystem() {
    return version == Version.V2 ? "cgroup2" : "cgroup";
  }

  /** The options of a mount that shows this hierarchy and not a new one. */
  List<String> parameters() {
    boolean isNamed = controllers.size() == 1 && controllers.getFirst().startsWith("name=");
    return isNamed ? List.of("none", controllers.getFirst()) : controllers;
  }
}
