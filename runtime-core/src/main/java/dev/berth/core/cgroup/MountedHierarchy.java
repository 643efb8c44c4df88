package dev.berth.core.cgroup;

import java.util.List;

/**
 * A tree of cgroups that is mounted here.
 *
 * @param name of its directory in {@code /sys/fs/cgroup}, such as {@code cpu,cpuacct}; empty if it
 *     is mounted on that directory itself
 * @param controllers of cgroup v1, what the hierarchy was mounted with: {@code name=…} is one
 *     without a controller; empty for the one tree of cgroup v2, whose controllers are another set
 *     in each directory
 * @param mountPoint where it is mounted
 */
public record MountedHierarchy(String name, List<String> controllers, String mountPoint) {
  private static final String USUAL_PLACE = "/sys/fs/cgroup";

  /** Copies the list. */
  public MountedHierarchy {
    controllers = List.copyOf(controllers);
  }

  static MountedHierarchy at(String mountPoint, List<String> controllers) {
    String name =
        mountPoint.equals(USUAL_PLACE) ? "" : mountPoint.substring(mountPoint.lastIndexOf('/') + 1);
    return new MountedHierarchy(name, controllers, mountPoint);
  }

  /** Whether this is the tree of cgroup v2. */
  public boolean isUnified() {
    return controllers.isEmpty();
  }

  boolean isInUsualPlace() {
    return mountPoint.startsWith(USUAL_PLACE);
  }

  /** Whether limits can be set in it, in the files of cgroup v1. */
  boolean hasV1Controller() {
    return controllers.stream().anyMatch(controller -> !controller.startsWith("name="));
  }
}
