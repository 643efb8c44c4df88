package dev.berth.linux.cgroup;

/**
 * A cgroup for a container that has no process yet.
 *
 * @param place where its first process is to be: the cgroup, or one inside
 * @param reservation what keeps others out of it meanwhile
 */
public record NewCgroup(Cgroup cgroup, CgroupPlace place, Reservation reservation) {

  /** One that its first process comes into without help. */
  NewCgroup(Cgroup cgroup, Reservation reservation) {
    this(cgroup, CgroupPlace.in(cgroup), reservation);
  }

  /** One that its first process is put into, whom nobody can get ahead of. */
  NewCgroup(Cgroup cgroup, CgroupPlace.Entrance entrance) {
    this(cgroup, CgroupPlace.through(entrance, cgroup), new Reservation());
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
    if (place.entrance().isPresent()) {
      CgroupPlace.Entrance first = place.entrance().get();
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
    return new NewCgroup(cgroup, CgroupPlace.in(leaf), reservation);
  }

  /** To be called once its first process is in it, or if there is none to be. */
  public void release() {
    reservation.close();
  }
}
