package dev.berth.core.cgroup;

import dev.berth.core.text.KernelText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How this host has its cgroups.
 *
 * @param hierarchies which are mounted, in the order of {@code /proc/self/cgroup}
 */
public record CgroupLayout(List<MountedHierarchy> hierarchies) {

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
    return hierarchies.stream().anyMatch(MountedHierarchy::hasV1Controller);
  }

  /** Whether every controller is one of cgroup v2; {@code false} if no hierarchy is mounted. */
  public boolean isV2() {
    return !hierarchies.isEmpty() && !isV1();
  }

  /**
   * What this JVM finds mounted.
   *
   * @throws IOException if {@code /proc} cannot be read
   */
  public static CgroupLayout ofThisProcess() throws IOException {
    return parse(
        KernelText.read(Path.of("/proc/self/mountinfo")),
        KernelText.read(Path.of("/proc/self/cgroup")));
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
        KernelText.lines(cgroup)
            .map(line -> hierarchy(line, mounts))
            .flatMap(Optional::stream)
            .toList());
  }

  /** {@code 2:cpu,cpuacct:/path} is a hierarchy of v1, {@code 0::/path} that of v2. */
  private static Optional<MountedHierarchy> hierarchy(String line, MountTable mounts) {
    String names = line.split(":", 3)[1];
    boolean unified = names.isEmpty();
    List<String> controllers = unified ? List.of() : List.of(names.split(",", -1));
    List<MountedHierarchy> mounted =
        mounts.visible(unified ? "cgroup2" : "cgroup", controllers).stream()
            .map(point -> MountedHierarchy.at(point, controllers))
            .toList();
    // One may be mounted twice, as when a part of it is bound into a root file system.
    return mounted.stream()
        .filter(MountedHierarchy::isInUsualPlace)
        .findFirst()
        .or(() -> mounted.stream().findFirst());
  }
}
