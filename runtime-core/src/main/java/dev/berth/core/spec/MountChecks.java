package dev.berth.core.spec;

import dev.berth.spec.IdMapping;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Checks {@code mounts} (config.md, "Mounts"); what the options mean is {@link MountOptions}' to
 * say.
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

  private MountChecks() {}

  static void check(Spec spec, Report report) {
    List<Mount> mounts = spec.mounts();
    for (int i = 0; i < mounts.size(); i++) {
      String path = "mounts[%d]".formatted(i);
      Mount mount = mounts.get(i);
      if (mount.destination().indexOf('\0') < 0) { // which is reported already, and is no path
        destination(path, mount, report);
      }
      if (isBind(mount) && mount.source() == null) {
        report.problem(path + ".source", "missing, and a bind mount needs one");
      }
      if (mount.type() == null && !isBind(mount)) {
        report.problem(path + ".type", "missing, and only a bind mount needs none");
      }
      for (int j = 0; j < mount.options().size(); j++) {
        String option = mount.options().get(j);
        option("%s.options[%d]".formatted(path, j), option, isBind(mount), report);
        if (!isBind(mount)) {
          ids("%s.options[%d]".formatted(path, j), option, spec.linux(), report);
        }
      }
      if (mount.uidMappings().isEmpty() != mount.gidMappings().isEmpty()) {
        report.problem(path, "uidMappings and gidMappings are only of use together");
      }
      IdRanges.check(path + ".uidMappings", mount.uidMappings(), report);
      IdRanges.check(path + ".gidMappings", mount.gidMappings(), report);
    }
  }

  private static void destination(String path, Mount mount, Report report) {
    String destination = mount.destination();
    if (destination.isEmpty()) {
      report.problem(path + ".destination", "empty");
      return;
    }
    if (!destination.startsWith("/")) {
      report.warning(path + ".destination", "\"%s\" is taken from /".formatted(destination));
    }
    String place = Path.of("/", destination).normalize().toString();
    if (place.equals("/")) {
      report.problem(path + ".destination", "\"%s\" is the root itself".formatted(destination));
    } else if (place.equals("/proc") && !showsProcesses(mount)) {
      report.problem(path, "at /proc there can only be a proc file system");
    } else if (place.startsWith("/proc/") && !REPLACEABLE_IN_PROC.contains(place)) {
      report.problem(path + ".destination", "\"%s\" is inside /proc".formatted(destination));
    }
  }

  /** A container that shares the host's processes gets the host's /proc bound. */
  private static boolean showsProcesses(Mount mount) {
    return isBind(mount) ? "/proc".equals(mount.source()) : "proc".equals(mount.type());
  }

  private static boolean isBind(Mount mount) {
    return MountOptions.of(mount).isBind();
  }

  private static void option(String path, String option, boolean bind, Report report) {
    if (MountOptions.isNotYetSupported(option)) {
      report.unsupportedValue(path, option);
    } else if (bind && MountOptions.isData(option)) {
      report.problem(
          path, "\"%s\" is for a file system, and a bind mount makes none".formatted(option));
    }
  }

  /** File systems such as tmpfs and devpts refuse ids that their user namespace does not have. */
  private static void ids(String path, String option, LinuxSpec linux, Report report) {
    id(path, option, "uid=", linux.uidMappings(), "linux.uidMappings", report);
    id(path, option, "gid=", linux.gidMappings(), "linux.gidMappings", report);
  }

  private static void id(
      String path,
      String option,
      String name,
      List<IdMapping> mappings,
      String mappingsPath,
      Report report) {
    if (!mappings.isEmpty() && option.startsWith(name) && isUnmapped(option, name, mappings)) {
      report.problem(path, "\"%s\" is not in %s".formatted(option, mappingsPath));
    }
  }

  private static boolean isUnmapped(String option, String name, List<IdMapping> mappings) {
    try {
      return !IdRanges.contain(
          mappings, Long.parseUnsignedLong(option, name.length(), option.length(), 10));
    } catch (NumberFormatException notAnId) {
      return false; // for the file system to refuse, or to know better
    }
  }
}
