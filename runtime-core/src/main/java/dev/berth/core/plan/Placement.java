package dev.berth.core.plan;

/** How a container's first process comes into the container's cgroup. */
public enum Placement {
  /** In the cgroup of version 2 it is born, those of version 1 it joins. */
  AT_BIRTH,
  /**
   * It joins that of version 2 as well, which others have used: Linux 6.18 kills at its birth what
   * is born in a cgroup whose cgroup.kill was ever written to.
   */
  BY_ITSELF,
  /** The cgroup cannot be without a process: the runtime makes it around the one that waits. */
  BY_RUNTIME
}
