package dev.berth.core.spec;

import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Checks {@code mounts} (config.md, "Mounts"), the options by {@link MountOptionChecks}.
 *
 * <p>What is mounted at and below {@code /proc} decides whether labels, sysctls and the like reach
 * the kernel or a file that the image brought along. Here the destination is seen as text; a
 * symlink that leads there is found where the path is resolved, inside the container.
 */
final class MountChecks {
  /**
   * Files that say how large the machine is, which lxcfs replaces by how large the container is.
   */
  private static final Set<String> REPLACEABLE_IN_PROC =
      Set.of(
          "/proc/cpuinfo",
          "/proc/diskstats",
          "/proc/loadavg",
          "/proc/meminfo",
          "/proc/slabinfo",
          "/proc/stat",
          "/proc/swaps",
          "/proc/uptime",
          "/proc/sys/crypto/fips_enabled",
          "/proc/sys/kernel/ns_last_pid");

  /** The kernel's interfaces: none has a directory for a program, or for another mount. */
  private static final Set<String> NEVER_ROOT =
      Set.of("proc", "sysfs", "cgroup", "cgroup2", "mqueue", "devpts");

  private MountChecks() {}

  static void check(Spec spec, Report report) {
    List<Mount> mounts = spec.mounts();
    for (int i = 0; i < mounts.size(); i++) {
      String path = "mounts[%s]".formatted(i);
      Mount mount = mounts.get(i);
      MountOptions options = MountOptions.of(mount);
      destination(path, mount, options, report);
      if (i > 0 && ContainerPath.clean(mount.destination()).equals("/") && !options.isRemount()) {
        report.warning(path + ".destination", "the mounts before it are covered by the new root");
      }
      if (options.isBind() && mount.source() == null) {
        report.problem(path + ".source", "missing, and a bind mount needs one");
      }
      if (options.source() == MountOptions.Source.NEW && mount.type() == null) {
        report.problem(path + ".type", "missing, and only a bind mount needs none");
      }
      MountOptionChecks.check(path, mount, options, spec.linux(), report);
      idMappings(path, mount, options, spec.linux(), report);
    }
  }

  private static void destination(String path, Mount mount, MountOptions options, Report report) {
    String destination = mount.destination();
    if (destination.isEmpty()) {
      report.problem(path + ".destination", "empty");
      return;
    }
    if (!destination.startsWith("/")) {
      report.warning(path + ".destination", "\"%s\" is taken from /".formatted(destination));
    }
    String place = ContainerPath.clean(destination);
    if (options.isRemount()) {
      return; // which changes what an entry that was checked has mounted
    } else if (place.equals("/") && !options.isBind() && NEVER_ROOT.contains(type(mount))) {
      report.problem(path, "a file system of type %s cannot be the root".formatted(mount.type()));
    } else if (place.equals("/proc") && !options.isBind() && !"proc".equals(mount.type())) {
      report.problem(path, "at /proc there can only be a proc file system");
    } else if (place.startsWith("/proc/") && !REPLACEABLE_IN_PROC.contains(place)) {
      report.problem(path + ".destination", "\"%s\" is inside /proc".formatted(destination));
    }
  }

  private static String type(Mount mount) {
    return Objects.requireNonNullElse(mount.type(), "");
  }

  private static void idMappings(
      String path, Mount mount, MountOptions options, LinuxSpec linux, Report report) {
    IdRanges.check(path + ".uidMappings", mount.uidMappings(), report);
    IdRanges.check(path + ".gidMappings", mount.gidMappings(), report);
    boolean own = !mount.uidMappings().isEmpty() || !mount.gidMappings().isEmpty();
    if (own && (mount.uidMappings().isEmpty() || mount.gidMappings().isEmpty())) {
      report.problem(path, "uidMappings and gidMappings are only of use together");
    }
    if (own && !options.isBind()) {
      report.problem(path + ".uidMappings", "only a bind mount can have its ids mapped");
    }
    if (options.idMapped() == MountOptions.IdMapped.NO || own) {
      return;
    }
    if (linux.uidMappings().isEmpty() || linux.gidMappings().isEmpty()) {
      report.problem(
          path + ".options",
          "idmap and ridmap need uidMappings and gidMappings, of the mount or in linux");
    }
  }
}
