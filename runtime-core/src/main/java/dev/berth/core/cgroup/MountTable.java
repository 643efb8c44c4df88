package dev.berth.core.cgroup;

import dev.berth.core.text.KernelText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /proc/self/mountinfo}, to ask where a file system can be reached. */
public final class MountTable {

  private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

  private final Map<Integer, Mount> mounts;

  /** By what they are mounted on: there may be a hundred thousand. */
  private final Map<Place, List<Mount>> covers;

  private MountTable(Map<Integer, Mount> mounts) {
    this.mounts = mounts;
    this.covers =
        mounts.values().stream()
            .collect(Collectors.groupingBy(each -> new Place(each.parent(), each.point())));
  }

  /** A directory in a mount. */
  private record Place(int mount, String path) {}

  /** One line of it, as proc_pid_mountinfo(5) has the fields. */
  public record Mount(
      int id, int parent, String root, String point, String type, Set<String> superOptions) {}

  /** Reads the text of the file. */
  public static MountTable parse(String mountinfo) {
    return new MountTable(
        KernelText.lines(mountinfo)
            .map(MountTable::mount)
            .collect(
                Collectors.toMap(
                    Mount::id, Function.identity(), (first, again) -> again, LinkedHashMap::new)));
  }

  /** {@code 31 23 0:28 / /sys/fs/cgroup rw,relatime shared:4 - tmpfs tmpfs rw,mode=755}. */
  private static Mount mount(String line) {
    // A variable number of optional fields ends with the hyphen, which no field before can be.
    String[] halves = line.split(" - ", 2);
    String[] left = halves[0].split(" ", -1);
    String[] right = halves[1].split(" ", 3);
    return new Mount(
        Integer.parseInt(left[0]),
        Integer.parseInt(left[1]),
        unescape(left[3]),
        unescape(left[4]),
        right[0],
        Set.copyOf(List.of(right[2].split(",", -1))));
  }

  /** The kernel writes blanks, line ends and backslashes as {@code \040} and the like. */
  private static String unescape(String field) {
    return ESCAPE
        .matcher(field)
        .replaceAll(match -> Character.toString(Integer.parseInt(match.group(1), 8)));
  }

  /**
   * Where file systems of these types are mounted, once for each mount there is at such a place,
   * since that may be one on top of the other; the first one mounted first.
   */
  public List<String> points(Set<String> types) {
    Set<String> points =
        mounts.values().stream()
            .filter(mount -> types.contains(mount.type()))
            .map(Mount::point)
            .collect(Collectors.toSet());
    return mounts.values().stream().map(Mount::point).filter(points::contains).toList();
  }

  /**
   * Where file systems of this type, with all these options, are mounted and not covered by another
   * mount; the first one mounted first.
   */
  public List<String> visible(String type, List<String> options) {
    return visible(type)
        .filter(mount -> mount.superOptions().containsAll(options))
        .map(Mount::point)
        .toList();
  }

  /** What of a file system of this type is to be seen at {@code point}: a directory in it. */
  public Optional<String> root(String type, String point) {
    return visible(type).filter(mount -> mount.point().equals(point)).map(Mount::root).findFirst();
  }

  private Stream<Mount> visible(String type) {
    return mounts.values().stream()
        .filter(mount -> mount.type().equals(type))
        .filter(this::isVisible);
  }

  /**
   * Follows the way from a mount up to the root. It is blocked where another mount was put on a
   * directory that the way goes through: a container engine in a private mount namespace often puts
   * a new tree over {@code /sys/fs/cgroup} without taking the old ones away.
   *
   * <p>The root's parent is not in the table, or, where the initial ramfs is the root, the root
   * itself. A way that goes round in a circle leads nowhere, and the kernel has none.
   */
  private boolean isVisible(Mount mount) {
    Mount below = null;
    Mount at = mount;
    for (int steps = 0; steps < mounts.size(); steps++) {
      String way = below == null ? at.point() : below.point();
      if (isCovered(at, way, below)) {
        return false;
      }
      Mount parent = mounts.get(at.parent());
      if (parent == null || parent.equals(at)) {
        return true;
      }
      below = at;
      at = parent;
    }
    return false;
  }

  private boolean isCovered(Mount mount, String way, @Nullable Mount taken) {
    for (String directory = way; ; directory = parent(directory)) {
      List<Mount> there = covers.getOrDefault(new Place(mount.id(), directory), List.of());
      if (there.stream().anyMatch(other -> !other.equals(mount) && !other.equals(taken))) {
        return true;
      }
      if (directory.equals("/") || directory.isEmpty()) {
        return false;
      }
    }
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash > 0 ? path.substring(0, slash) : path.substring(0, slash + 1);
  }
}
