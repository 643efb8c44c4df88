package dev.berth.core.plan;

/** How a process comes into its cgroup. */
public enum Placement {
  /**
   * The cgroup is there before: in the one of version 2 it is born, those of version 1 it joins.
   */
  AT_BIRTH,
  /**
   * The process waits, and the runtime has it put there: a cgroup that cannot be without a process
   * is only made then, and another one takes processes from nobody but who manages it.
   */
  BY_RUNTIME
}
