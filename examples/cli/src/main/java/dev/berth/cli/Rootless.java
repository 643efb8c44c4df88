package dev.berth.cli;

import dev.berth.ContainerBuilder;
import dev.berth.spec.Spec;

/** Whether a container may do without a cgroup that this user cannot make. */
enum Rootless {
  /** If nothing needs one. */
  AUTO,
  /** The same: nobody is refused a container for want of a cgroup of no use. */
  TRUE,
  /** Never. */
  FALSE;

  /** A cgroup that is asked for by its path is not done without. */
  void applyTo(ContainerBuilder builder, String id) {
    if (this == FALSE) {
      builder.edit(spec -> withCgroup(spec, id));
    }
  }

  private static Spec withCgroup(Spec spec, String id) {
    return spec.linux().cgroupsPath() == null
        ? spec.withLinux(spec.linux().withCgroupsPath(id))
        : spec;
  }
}
