package dev.berth.linux.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupState;
import java.util.Optional;

/** Where containers get their cgroups from. Used by all threads. */
public interface CgroupMaker {

  /**
   * Where the container's cgroup would be, in every hierarchy.
   *
   * @throws IllegalArgumentException if that is no place for one
   */
  CgroupPath path(CgroupRequest request) throws CgroupException;

  /**
   * What {@link #create} would make now: to be written down first, so that a JVM that is killed
   * meanwhile leaves nothing that nobody knows of.
   *
   * @return empty where the cgroup is there, so that none of what is in it may be the container's
   * @throws IllegalArgumentException as {@link #path}
   */
  Optional<CgroupState> foresee(CgroupRequest request) throws CgroupException;

  /**
   * Makes the cgroup of a container, in every hierarchy, and sets its limits; or prepares for that,
   * if it takes a process.
   *
   * @return empty if this user cannot have one, and the configuration asks neither for a place nor
   *     for a limit; device rules alone do not count, since such a user can make no device either
   * @throws UnsupportedFeatureException if a limit needs a controller that is not there
   * @throws IllegalArgumentException as {@link #path}
   * @throws CgroupException if the cgroup is in use or frozen, or the kernel refuses something;
   *     nothing is left behind then
   */
  Optional<NewCgroup> create(CgroupRequest request) throws CgroupException;
}
