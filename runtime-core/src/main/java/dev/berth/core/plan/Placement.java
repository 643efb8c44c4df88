package dev.berth.core.plan;

/** How a container's first process comes into the container's cgroup. */
public enum Placement {
  /**
   * The cgroup is there before: in the one of version 2 it is born, those of version 1 it joins.
   */
  AT_BIRTH,
  /** The cgroup cannot be without a process: the runtime makes it around the one that waits. */
  BY_RUNTIME
}
