package dev.berth.core.plan;

/**
 * How a process comes into its cgroup. It is never cloned into it by the JVM: such a child shares
 * the JVM's memory until its exec, and an OOM kill of a group ({@code memory.oom.group}) kills all
 * processes that share the memory of one that is in the cgroup.
 */
public enum Placement {
  /** A fork of the stub is born in the cgroup of version 2, and joins those of version 1. */
  AT_BIRTH,
  /**
   * A fork of the stub joins that of version 2 as well, which others have used: Linux 6.18 kills at
   * its birth what is born in a cgroup whose cgroup.kill was ever written to.
   */
  BY_ITSELF,
  /**
   * The process waits, and the runtime has it put there: a cgroup that cannot be without a process
   * is only made then, and another one takes processes from nobody but who manages it. With that,
   * only the process itself has ever been in the cgroup, so one place in {@code pids.max} is
   * enough; and it has no descriptor of the cgroup, which others in its PID namespace could open.
   */
  BY_RUNTIME
}
