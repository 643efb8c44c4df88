package dev.berth.core.cgroup;

import dev.berth.spi.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a container's cgroup is: the same path in every hierarchy, from the root of the hierarchy
 * as it is mounted here. {@link CgroupBase} is where a relative {@code cgroupsPath} begins.
 *
 * @param value absolute, without empty, {@code .} and {@code ..} components, and not the root
 */
public record CgroupPath(String value) {
  /** NUL is not among them: nothing in a configuration may have it. */
  private static final Pattern CONTROL = Pattern.compile("[\\x01-\\x1f\\x7f]");

  /** Checks and normalizes the path. */
  public CgroupPath {
    List<String> components = new ArrayList<>();
    for (String component : value.split("/", -1)) {
      if (component.equals("..")) {
        throw new IllegalArgumentException(
            "cgroup \"%s\": '..' is not allowed; name the cgroup from the root"
                .formatted(Printable.value(value)));
      }
      if (CONTROL.matcher(component).find()) {
        // They would be lines of their own in /proc/PID/cgroup, or in a log.
        throw new IllegalArgumentException(
            "cgroup \"%s\": control characters are not allowed".formatted(Printable.value(value)));
      }
      if (!component.isEmpty() && !component.equals(".")) {
        components.add(component);
      }
    }
    if (components.isEmpty()) {
      throw new IllegalArgumentException(
          "cgroup \"%s\": a container cannot have the root; name a cgroup below it"
              .formatted(Printable.value(value)));
    }
    value = "/" + String.join("/", components);
  }

  /**
   * The cgroup of the container {@code id}, as its configuration has it.
   *
   * @param cgroupsPath from the configuration; without one it is {@code /id}
   * @throws IllegalArgumentException if it has {@code ..} or a control character in it, or is the
   *     root
   */
  public static CgroupPath of(@Nullable String cgroupsPath, String id) {
    return new CgroupPath(cgroupsPath == null ? id : cgroupsPath);
  }

  /** Whether a {@code cgroupsPath} begins at the root of the hierarchy. */
  public static boolean isAbsolute(@Nullable String cgroupsPath) {
    return cgroupsPath != null && cgroupsPath.startsWith("/");
  }

  /** The path as openat(2) takes it, relative to the root of a hierarchy. */
  public String fromRoot() {
    return value.substring(1);
  }

  /** The cgroups that this one is in, from the one below the root on. */
  public List<CgroupPath> parents() {
    List<CgroupPath> parents = new ArrayList<>();
    for (int end = value.indexOf('/', 1); end > 0; end = value.indexOf('/', end + 1)) {
      parents.add(new CgroupPath(value.substring(0, end)));
    }
    return parents;
  }

  @Override
  public String toString() {
    return value;
  }
}
