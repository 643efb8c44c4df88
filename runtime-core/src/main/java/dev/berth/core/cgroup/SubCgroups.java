package dev.berth.core.cgroup;

import dev.berth.spi.Printable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which cgroups inside the container's a further process is to be in. Nothing in a path leads out
 * of the container's own: an absolute one begins there, too.
 *
 * @param paths by controller of cgroup v1, or by {@link #EVERY} for all hierarchies; without
 *     leading or trailing slash, empty for the container's own cgroup
 */
public record SubCgroups(Map<String, String> paths) {
  /** The container's own cgroup, wherever nothing else is possible. */
  public static final SubCgroups NONE = new SubCgroups(Map.of());

  private static final String EVERY = "";

  /** Checks the paths. */
  public SubCgroups {
    Map<String, String> checked = new HashMap<>();
    paths.forEach((controller, path) -> checked.put(controller, inside(path)));
    paths = Map.copyOf(checked);
  }

  /**
   * One more path, for all hierarchies.
   *
   * @throws IllegalArgumentException if it has {@code ..} in it, or there is a path already
   */
  public SubCgroups with(String path) {
    return add(EVERY, path);
  }

  /**
   * One more path, for the hierarchy of a controller of cgroup v1.
   *
   * @throws IllegalArgumentException if it has {@code ..} in it, or the controller has a path
   *     already
   */
  public SubCgroups with(String controller, String path) {
    if (controller.isEmpty()) {
      throw new IllegalArgumentException(
          "cgroup \"%s\": no controller before it; name one, such as cpu"
              .formatted(Printable.value(path)));
    }
    return add(controller, path);
  }

  private SubCgroups add(String controller, String path) {
    boolean mixed = !paths.isEmpty() && (controller.isEmpty() || paths.containsKey(EVERY));
    if (mixed) {
      throw new IllegalArgumentException(
          "cgroup \"%s\": there is already one for all controllers, or for one of them; give one path,"
                  .formatted(Printable.value(path))
              + " or one for each controller");
    }
    if (paths.containsKey(controller)) {
      throw new IllegalArgumentException(
          "cgroup \"%s\": controller %s has one already"
              .formatted(Printable.value(path), Printable.value(controller)));
    }
    Map<String, String> more = new HashMap<>(paths);
    more.put(controller, path);
    return new SubCgroups(more);
  }

  private static String inside(String path) {
    List<String> components =
        Stream.of(path.split("/"))
            .filter(component -> !component.isEmpty() && !component.equals("."))
            .toList();
    if (components.contains("..")) {
      throw new IllegalArgumentException(
          "cgroup \"%s\": '..' is not allowed; name a cgroup inside the container's"
              .formatted(Printable.value(path)));
    }
    return String.join("/", components);
  }

  /** Whether nothing was asked for. */
  public boolean isEmpty() {
    return paths.isEmpty();
  }

  /** The path below the container's cgroup in {@code hierarchy}; empty for that one itself. */
  public String in(MountedHierarchy hierarchy) {
    List<String> asked =
        hierarchy.controllers().stream()
            .filter(paths::containsKey)
            .map(paths::get)
            .distinct()
            .toList();
    if (asked.size() > 1) {
      throw new IllegalArgumentException(
          "cgroups %s: one hierarchy has all of %s; give them the same path"
              .formatted(Printable.message(asked.toString()), hierarchy.controllers()));
    }
    return asked.isEmpty() ? paths.getOrDefault(EVERY, "") : asked.getFirst();
  }

  /**
   * Requires that there is a hierarchy for each path.
   *
   * @throws IllegalArgumentException naming the controller that is not mounted
   */
  public void requireMounted(CgroupLayout layout) {
    for (String controller : paths.keySet()) {
      boolean mounted =
          layout.hierarchies().stream().anyMatch(each -> each.controllers().contains(controller));
      if (!controller.equals(EVERY) && !mounted) {
        throw new IllegalArgumentException(
            "cgroup controller \"%s\": not mounted as cgroup v1; with cgroup v2 give the path alone"
                .formatted(Printable.value(controller)));
      }
    }
  }
}
