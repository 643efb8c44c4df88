package dev.berth.cli;

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
  Spec edit(Spec spec, String id) {
    return this == FALSE && spec.linux().cgroupsPath() == null
        ? spec.withLinux(spec.linux().withCgroupsPath("/" + id))
        : spec;
  }
}
