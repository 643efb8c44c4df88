package dev.berth;

/**
 * Who makes the cgroups of containers, in which their limits hold.
 *
 * @see ContainerRuntime.Builder#cgroupDriver
 */
public enum CgroupDriver {
  /** The runtime, in the cgroup file system; {@code linux.cgroupsPath} is a path in it. */
  CGROUPFS,
  /**
   * systemd, as a unit for each container, which {@code systemctl} knows: that of the system for
   * root, that of the user for others. {@code linux.cgroupsPath} is {@code slice:prefix:name}, and
   * by default {@code :berth:ID}: the unit {@code berth-ID.scope} in {@code system.slice}, or
   * {@code user.slice} of the user. Takes libsystemd and a bus.
   */
  SYSTEMD
}
