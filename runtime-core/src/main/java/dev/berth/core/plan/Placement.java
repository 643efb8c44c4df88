package dev.berth.core.plan;

/** How a process comes into its cgroup. */
public enum Placement {
  /** In the cgroup of version 2 it is born, those of version 1 it joins. */
  AT_BIRTH,
  /**
   * It joins that of version 2 as well, which others have used: Linux 6.18 kills at its birth what
   * is born in a cgroup whose cgroup.kill was ever written to.
   */
  BY_ITSELF,
  /**
   * The process waits, and the runtime has it put there: a cgroup that cannot be without a process
   * is only made then, and another one takes processes from nobody but who manages it.
   */
  BY_RUNTIME
}
