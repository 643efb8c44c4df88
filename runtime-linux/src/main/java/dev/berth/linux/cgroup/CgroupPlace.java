package dev.berth.linux.cgroup;

import dev.berth.core.plan.Placement;
import java.util.Optional;

/**
 * Where a process is to be, and how it comes there.
 *
 * @param placement what its plan has to do about it
 * @param entrance puts it there; empty where it comes without help
 */
public record CgroupPlace(Cgroup cgroup, Placement placement, Optional<Entrance> entrance) {

  /** Puts a process into a cgroup that there is not without one, or that takes none from others. */
  @FunctionalInterface
  public interface Entrance {

    /**
     * Returns when the process is in it, and its limits hold.
     *
     * @param pid of a process that waits, and has neither children nor further threads
     */
    void admit(int pid) throws CgroupException;
  }

  /** A cgroup that the process comes into without help. */
  public static CgroupPlace in(Cgroup cgroup) {
    return new CgroupPlace(cgroup, cgroup.placement(), Optional.empty());
  }

  /** A cgroup that the process is put into. */
  public static CgroupPlace through(Entrance entrance, Cgroup cgroup) {
    return new CgroupPlace(cgroup, Placement.BY_RUNTIME, Optional.of(entrance));
  }

  /**
   * A cgroup that this JVM puts the process into, by {@code cgroup.procs}, whatever {@code
   * pids.max} says; for cgroup v2 this takes some 10 ms more than a birth in it.
   */
  public static CgroupPlace throughThisJvm(Cgroup cgroup) {
    return through(pid -> cgroup.processes().admit(pid), cgroup);
  }
}
