package dev.berth.linux.cgroup;

import dev.berth.core.plan.Placement;
import java.util.Optional;

/**
 * A cgroup for a container that has no process yet.
 *
 * @param home where its first process is to be: the cgroup, or one inside
 * @param entrance how its first process gets into it; empty where it is to be born in it, or joins
 *     by itself
 * @param reservation what keeps others out of it meanwhile
 */
public record NewCgroup(
    Cgroup cgroup, Cgroup home, Optional<Entrance> entrance, Reservation reservation) {

  /** One whose first process is to be born in the cgroup itself. */
  NewCgroup(Cgroup cgroup, Reservation reservation) {
    this(cgroup, cgroup, Optional.empty(), reservation);
  }

  /** One that its first process is put into, whom nobody can get ahead of. */
  NewCgroup(Cgroup cgroup, Entrance entrance) {
    this(cgroup, cgroup, Optional.of(entrance), new Reservation());
  }

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
    return entrance.isPresent() ? Optional.empty() : Optional.of(home);
  }

  /**
   * The same, but that its first process is to be in a cgroup of its own inside, and the
   * controllers are handed down to that, and to others beside it; with cgroup v1 the same.
   *
   * @throws CgroupException if the kernel refuses it, or the cgroup was there before
   */
  public NewCgroup split() throws CgroupException {
    if (!cgroup.directories().areUnifiedAlone()) {
      return this;
    }
    if (entrance.isPresent()) {
      Entrance first = entrance.get();
      return new NewCgroup(
          cgroup,
          pid -> {
            first.admit(pid);
            cgroup.makeLeaf().processes().admit(pid);
            cgroup.handDownAll();
          });
    }
    Cgroup leaf = cgroup.makeLeaf();
    cgroup.handDownAll();
    return new NewCgroup(cgroup, leaf, entrance, reservation);
  }

  /** To be called once its first process is in it, or if there is none to be. */
  public void release() {
    reservation.close();
  }
}
