package dev.berth.linux.cgroup;

import dev.berth.core.plan.Placement;
import java.util.Optional;

/**
 * A cgroup for a container that has no process yet.
 *
 * @param entrance how its first process gets into it; empty where it is to be born in it, or joins
 *     by itself
 */
public record NewCgroup(Cgroup cgroup, Optional<Entrance> entrance) {

  /** Puts a process into a cgroup that there is not without one. */
  @FunctionalInterface
  public interface Entrance {

    /**
     * Returns when the process is in it, and its limits hold.
     *
     * @param pid of a process that waits, and has neither children nor further threads
     */
    void admit(int pid) throws CgroupException;
  }

  /** What the plan of the first process has to do about it. */
  public Placement placement() {
    return entrance.isPresent() ? Placement.BY_RUNTIME : Placement.AT_BIRTH;
  }

  /** The cgroup, if the process is to be born in it. */
  public Optional<Cgroup> birthplace() {
    return entrance.isPresent() ? Optional.empty() : Optional.of(cgroup);
  }
}
