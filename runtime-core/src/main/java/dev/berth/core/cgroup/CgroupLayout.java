package dev.berth.core.cgroup;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How this host has its cgroups.
 *
 * @param hierarchies which are mounted, in the order of {@code /proc/self/cgroup}
 */
public record CgroupLayout(List<MountedHierarchy> hierarchies) {

  private static final String USUAL_PLACE = "/sys/fs/cgroup";

  /** Copies the list. */
  public CgroupLayout {
    hierarchies = List.copyOf(hierarchies);
  }

  /**
   * Whether limits are written to cgroup v1. A hybrid host counts as v1: what controllers it has
   * are there. A named hierarchy alone does not: it is a relic on a v2 host, for the sake of
   * containers with an old systemd.
   */
  public boolean isV1() {
    return hierarchies.stream().anyMatch(hierarchy -> !hierarchy.controllers().isEmpty());
  }

  /**
   * Reads what a process sees of itself.
   *
   * @param mountinfo {@code /proc/self/mountinfo}
   * @param cgroup {@code /proc/self/cgroup}
   */
  public static CgroupLayout parse(String mountinfo, String cgroup) {
    MountTable mounts = MountTable.parse(mountinfo);
    return new CgroupLayout(
        cgroup.lines().map(line -> hierarchy(line, mounts)).flatMap(Optional::stream).toList());
  }

  /** {@code 2:cpu,cpuacct:/path} is a hierarchy of v1, {@code 0::/path} that of v2. */
  private static Optional<MountedHierarchy> hierarchy(String line, MountTable mounts) {
    String name = line.split(":", 3)[1];
    if (name.isEmpty()) {
      return mountPoint(mounts.visible("cgroup2", List.of()))
          .map(point -> new MountedHierarchy(MountedHierarchy.UNIFIED, List.of(), point));
    }
    List<String> options = List.of(name.split(",", -1));
    List<String> controllers = options.stream().filter(o -> !o.startsWith("name=")).toList();
    return mountPoint(mounts.visible("cgroup", options))
        .map(point -> new MountedHierarchy(name, controllers, point));
  }

  /** One hierarchy may be mounted twice, as when a part of it is bound into a root file system. */
  private static Optional<String> mountPoint(List<String> candidates) {
    return Stream.concat(
            candidates.stream().filter(point -> point.startsWith(USUAL_PLACE)), candidates.stream())
        .findFirst();
  }
}
