package dev.berth.core.cgroup;

/**
 * One {@code write(2)} to a file of a cgroup.
 *
 * @param controller to which the file belongs; {@link #CORE} if to none
 * @param file its name in the cgroup's directory
 * @param value all that is written, in one call: the kernel parses each call on its own
 */
public record CgroupWrite(String controller, String file, String value) {
  /** The controller of the {@code cgroup.*} files, which are there without any. */
  public static final String CORE = "cgroup";
}
