package dev.berth.core.spec;

import dev.berth.spec.IdMapping;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks {@code mounts[].options}, as far as {@link MountOptions} does not take any text. */
final class MountOptionChecks {
  private MountOptionChecks() {}

  static void check(
      String path, Mount mount, MountOptions options, LinuxSpec linux, Report report) {
    for (int i = 0; i < mount.options().size(); i++) {
      String option = mount.options().get(i);
      String problem = problem(option, mount, options, linux);
      if (problem != null) {
        report.problem("%s.options[%s]".formatted(path, i), problem);
      }
    }
    data(path + ".options", mount, options, report);
  }

  private static @Nullable String problem(
      String option, Mount mount, MountOptions options, LinuxSpec linux) {
    boolean makes = options.source() == MountOptions.Source.NEW;
    boolean boundOnly = option.equals("idmap") || option.equals("ridmap");
    if (boundOnly && !options.isBind()) {
      return "\"%s\" is for a bind mount".formatted(option);
    }
    if (option.equals("tmpcopyup") && !(makes && "tmpfs".equals(mount.type()))) {
      return "\"tmpcopyup\" is for a tmpfs";
    }
    if (option.equals("iversion") && options.isRemount()) {
      return "\"iversion\" cannot be changed by a remount";
    }
    boolean keeps = options.isBind() || options.source() == MountOptions.Source.MOUNTED_BIND;
    if (keeps && MountOptions.isData(option)) {
      return "\"%s\" is for a file system, and a bind mount makes none".formatted(option);
    }
    return makes ? unmapped(option, linux) : null;
  }

  /** The layers of an overlay can be told one by one; see mount(2) for all else. */
  private static void data(String path, Mount mount, MountOptions options, Report report) {
    int length = MountData.length(options.data());
    boolean apart = "overlay".equals(mount.type()) && !options.superblock().contains("iversion");
    if (length > MountData.MAX && !apart) {
      report.problem(
          path,
          "%s bytes for the file system are more than the %s that Linux takes"
              .formatted(length, MountData.MAX));
    }
  }

  /** File systems such as tmpfs and devpts refuse ids that their user namespace does not have. */
  private static @Nullable String unmapped(String option, LinuxSpec linux) {
    if (isUnmapped("uid=", option, linux.uidMappings())) {
      return "\"%s\" is not in linux.uidMappings".formatted(option);
    }
    if (isUnmapped("gid=", option, linux.gidMappings())) {
      return "\"%s\" is not in linux.gidMappings".formatted(option);
    }
    return null;
  }

  private static boolean isUnmapped(String name, String option, List<IdMapping> mappings) {
    if (mappings.isEmpty() || !option.startsWith(name)) {
      return false;
    }
    try {
      return !IdRanges.contain(mappings, Long.parseLong(option.substring(name.length())));
    } catch (NumberFormatException notAnId) {
      return false; // for the file system to refuse, or to know better
    }
  }
}
