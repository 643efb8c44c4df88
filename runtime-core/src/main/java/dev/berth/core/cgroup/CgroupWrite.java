package dev.berth.core.cgroup;

/**
 * One {@code write(2)} to a file of a cgroup.
 *
 * @param controller to which the file belongs; {@link #CORE} if to none
 * @param file its name in the cgroup's directory
 * @param value all that is written, in one call: the kernel parses each call on its own
 */
public record CgroupWrite(String controller, String file, String value) {
  /** In place of a controller, for files of cgroup v2 that are there without any. */
  public static final String CORE = "cgroup";

  /** The controller of cgroup v1 that knows which devices may be used. */
  static final String DEVICES = "devices";

  /** Whether it needs a controller. */
  public boolean needsController() {
    return !controller.equals(CORE);
  }

  /** What it is for, in an error message. */
  public String goal() {
    return switch (controller) {
      case CORE -> "cgroup setting";
      case DEVICES -> "device rule";
      default -> controller + " limit";
    };
  }
}
