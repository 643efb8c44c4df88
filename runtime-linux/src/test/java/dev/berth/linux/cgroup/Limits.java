package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.ResourceChange;
import dev.berth.spec.LinuxResources;

/** Changes limits of a cgroup for a test. */
final class Limits {

  private Limits() {}

  /** What {@code resources} does not mention stays as it is. */
  static void set(Cgroup cgroup, LinuxResources resources) throws CgroupException {
    cgroup.update(new ResourceChange(LinuxResources.NONE, resources)).make();
  }
}
