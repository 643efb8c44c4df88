package dev.berth.core.systemd;

import dev.berth.core.systemd.SystemdUnit.Manager;
import dev.berth.spi.Printable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code linux.cgroupsPath} is to systemd: {@code slice:prefix:name}, the unit {@code
 * prefix-name.scope} in a slice. Engines write it so for every runtime with {@code
 * --systemd-cgroup}. A name that ends in {@code .slice} is the unit itself.
 *
 * @param slice with its {@code .slice}; {@code -.slice} is the root
 * @param unit the container's
 */
public record UnitPlace(String slice, SystemdUnit unit) {
  private static final String SLICE = ".slice";
  private static final String SCOPE = ".scope";
  private static final String ROOT = "-.slice";

  /** {@code UNIT_NAME_MAX} of systemd, with the NUL. */
  private static final int LONGEST_NAME = 255;

  /** What systemd allows in the name of a unit; {@code @} is for templates, which this is none. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:_.\\\\-]+");

  private static final Pattern CONTROLLER_FILE =
      Pattern.compile("(cpu|cpuacct|cpuset|io|blkio|memory|devices|pids)\\..*");

  /**
   * The place of a container.
   *
   * @param cgroupsPath from the configuration; without one it is {@code :berth:id}
   * @param manager which systemd is asked; it decides what an empty slice means
   * @throws IllegalArgumentException if it is not of that form
   */
  public static UnitPlace of(@Nullable String cgroupsPath, String id, Manager manager) {
    String place = cgroupsPath == null ? ":berth:" + escaped(id) : cgroupsPath;
    String[] parts = place.split(":", -1);
    if (parts.length != 3 || parts[2].isEmpty() || place.contains("/")) {
      throw new IllegalArgumentException(
          "linux.cgroupsPath: \"%s\" is not slice:prefix:name, as in \"system.slice:berth:web\", which it has to be where systemd makes the cgroup"
              .formatted(Printable.value(place)));
    }
    String slice = parts[0].isEmpty() ? defaultSlice(manager) : parts[0];
    requireSlice(slice, place);
    String unit = unit(parts[1], parts[2]);
    requireName(unit, place);
    if (unit.endsWith(SLICE)) {
      requireSlice(unit, place);
    }
    return new UnitPlace(slice, new SystemdUnit(unit, manager));
  }

  /**
   * Whether {@code cgroupsPath} is meant for systemd, so that it can be no path that somebody wants
   * to have as a directory.
   */
  public static boolean isMeantBy(String cgroupsPath) {
    String[] parts = cgroupsPath.split(":", -1);
    return parts.length == 3
        && !cgroupsPath.contains("/")
        && (parts[0].isEmpty() || parts[0].endsWith(SLICE));
  }

  /** Where systemd makes the unit's cgroup, from that which the manager has for its units. */
  public String cgroup() {
    return unit.isSlice() ? cgroup(unit.name()) : cgroup(slice) + "/" + escapedCgroup(unit.name());
  }

  /** Each part of a slice's name is a slice that it lies in. */
  private static String cgroup(String slice) {
    if (slice.equals(ROOT)) {
      return "";
    }
    StringBuilder path = new StringBuilder();
    for (int dash = slice.indexOf('-'); dash > 0; dash = slice.indexOf('-', dash + 1)) {
      path.append('/').append(escapedCgroup(slice.substring(0, dash) + SLICE));
    }
    return path.append('/').append(escapedCgroup(slice)).toString();
  }

  /** A directory may not look like one of the kernel's files, such as {@code memory.max}. */
  private static String escapedCgroup(String unit) {
    boolean taken =
        unit.startsWith("_")
            || unit.startsWith(".")
            || unit.startsWith("cgroup.")
            || CONTROLLER_FILE.matcher(unit).matches();
    return taken ? "_" + unit : unit;
  }

  private static String defaultSlice(Manager manager) {
    return switch (manager) {
      case SYSTEM -> "system.slice";
      case USER -> "user.slice";
    };
  }

  private static String unit(String prefix, String name) {
    return name.endsWith(SLICE) ? name : prefix + "-" + name + SCOPE;
  }

  private static void requireSlice(String slice, String place) {
    String name = slice.endsWith(SLICE) ? slice.substring(0, slice.length() - SLICE.length()) : "";
    boolean isRoot = slice.equals(ROOT);
    if (name.isEmpty()
        || (!isRoot && (name.startsWith("-") || name.endsWith("-") || name.contains("--")))) {
      throw new IllegalArgumentException(
          "linux.cgroupsPath: \"%s\": \"%s\" is not the name of a slice, as \"a-b.slice\" is, which lies in \"a.slice\""
              .formatted(Printable.value(place), Printable.value(slice)));
    }
    requireName(slice, place);
  }

  private static void requireName(String unit, String place) {
    if (unit.length() > LONGEST_NAME || !NAME.matcher(unit).matches()) {
      throw new IllegalArgumentException(
          "linux.cgroupsPath: \"%s\": \"%s\" cannot be the name of a unit: that has at most %s letters, digits, \":\", \"-\", \"_\", \".\" and \"\\\""
              .formatted(Printable.value(place), Printable.value(unit), LONGEST_NAME));
    }
  }

  /** As systemd-escape(1) does, for what an id may have and a unit's name may not. */
  private static String escaped(String id) {
    return id.replace("+", "\\x2b");
  }
}
