package dev.berth.core.cgroup;

import java.util.Optional;

/** Where in the tree of cgroup v2 a process is. */
public final class OwnCgroup {
  private OwnCgroup() {}

  /**
   * Reads what the process sees of itself. Both files name cgroups from the root of its cgroup
   * namespace, and may name some outside; what is mounted may be a part of the tree.
   *
   * @param mountinfo {@code /proc/self/mountinfo}
   * @param cgroup {@code /proc/self/cgroup}
   * @return its cgroup from the root of {@code unified} as it is mounted, which itself is empty;
   *     nothing if the process is not in what is mounted
   */
  public static Optional<String> parse(String mountinfo, String cgroup, MountedHierarchy unified) {
    Optional<String> mounted = MountTable.parse(mountinfo).root("cgroup2", unified.mountPoint());
    return CgroupText.unified(cgroup)
        .flatMap(own -> mounted.flatMap(root -> below(withoutSlash(root), withoutSlash(own))));
  }

  private static Optional<String> below(String root, String own) {
    if (!own.equals(root) && !own.startsWith(root + "/")) {
      return Optional.empty();
    }
    String path = own.substring(root.length());
    return (path + "/").contains("/../") ? Optional.empty() : Optional.of(path);
  }

  private static String withoutSlash(String path) {
    return path.equals("/") ? "" : path;
  }
}
