package dev.berth.core.cgroup;

import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The cgroup in which containers have theirs, unless their configuration says where from the root
 * of the hierarchy on. For one user in one place it is always the same: a configuration that means
 * one cgroup today means no other tomorrow.
 *
 * @param path from the root of the hierarchy as it is mounted here; empty for the root
 */
public record CgroupBase(String path) {
  /** The root of each hierarchy. */
  public static final CgroupBase ROOT = new CgroupBase("");

  /** Where a JVM is that has adopted the cgroup above. */
  public static final String LEAF = "berth-jvm";

  /**
   * The one for a process in the tree of cgroup v2.
   *
   * <p>Beside a JVM that has adopted its cgroup; else the root, for whoever may make cgroups there;
   * else the cgroup that the process's own lies in, since its own has a process in it and so cannot
   * hand controllers down; else, without controllers then, its own.
   *
   * @param own the process's cgroup, in the form of {@link #path}; empty if it is not in what is
   *     mounted
   * @param usable whether this user may make cgroups in a cgroup and put processes into them
   * @return empty if nothing is usable
   */
  public static Optional<CgroupBase> of(Optional<String> own, Predicate<String> usable) {
    if (own.filter(CgroupBase::isLeaf).isPresent()) {
      return own.map(CgroupBase::parent).map(CgroupBase::new);
    }
    if (usable.test(ROOT.path)) {
      return Optional.of(ROOT);
    }
    return own.map(CgroupBase::parent)
        .filter(usable)
        .or(() -> own.filter(usable))
        .map(CgroupBase::new);
  }

  /** Whether whoever is in that cgroup has adopted the one above. */
  public static boolean isLeaf(String cgroup) {
    return cgroup.endsWith("/" + LEAF);
  }

  private static String parent(String cgroup) {
    return cgroup.substring(0, Math.max(0, cgroup.lastIndexOf('/')));
  }

  /**
   * The cgroup of the container {@code id}.
   *
   * @param cgroupsPath from the configuration; from the root if it is absolute, else in this
   *     cgroup; {@code null} for the id in this cgroup
   * @throws IllegalArgumentException if {@link CgroupPath} refuses it
   */
  public CgroupPath place(@Nullable String cgroupsPath, String id) {
    CgroupPath asked = CgroupPath.of(cgroupsPath, id);
    return CgroupPath.isAbsolute(cgroupsPath) ? asked : new CgroupPath(path + asked.value());
  }
}
