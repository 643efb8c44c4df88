package dev.berth.linux.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupState;
import java.util.Optional;

/** The cgroup of a container, at a place that was found, before there is one. */
public interface CgroupToBe {

  /**
   * What {@link #make} would make now: to be written down first, so that a JVM that is killed
   * meanwhile leaves nothing that nobody knows of.
   *
   * @return empty where the cgroup is there, so that none of what is in it may be the container's
   */
  Optional<CgroupState> state() throws CgroupException;

  /**
   * Makes it, in every hierarchy, and sets its limits; or prepares for that, if it takes a process.
   *
   * @return empty if this user cannot have one, and the configuration asks neither for a place nor
   *     for a limit; device rules alone do not count, since such a user can make no device either
   * @throws UnsupportedFeatureException if a limit needs a controller that is not there
   * @throws CgroupException if the cgroup is in use or frozen, or the kernel refuses something;
   *     nothing is left behind then
   */
  Optional<NewCgroup> make() throws CgroupException;
}
