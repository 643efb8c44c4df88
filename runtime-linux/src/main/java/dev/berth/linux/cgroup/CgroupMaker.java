package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;

/** Where containers get their cgroups from. Used by all threads. */
public interface CgroupMaker {

  /**
   * Where the container's cgroup would be, in every hierarchy.
   *
   * @throws IllegalArgumentException if that is no place for one
   */
  CgroupPath path(CgroupRequest request) throws CgroupException;

  /**
   * The cgroup of a container that is to be made.
   *
   * @throws IllegalArgumentException as {@link #path}
   */
  CgroupToBe foresee(CgroupRequest request) throws CgroupException;
}
