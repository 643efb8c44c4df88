package dev.berth.core.spec;

import dev.berth.spec.IdMapping;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks {@code mounts[].options}, as far as {@link MountOptions} does not take any text. */
final class MountOptionChecks {
  private MountOptionChecks() {}

  static void check(String path, Mount mount, LinuxSpec linux, Report report) {
    boolean bind = MountOptions.of(mount).isBind();
    for (int i = 0; i < mount.options().size(); i++) {
      String option = mount.options().get(i);
      if (MountOptions.isNotYetSupported(option)) {
        report.unsupportedValue("%s.options[%d]".formatted(path, i), option);
      }
      String problem = bind ? data(option) : unmapped(option, linux);
      if (problem != null) {
        report.problem("%s.options[%d]".formatted(path, i), problem);
      }
    }
  }

  private static @Nullable String data(String option) {
    return MountOptions.isData(option)
        ? "\"%s\" is for a file system, and a bind mount makes none".formatted(option)
        : null;
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
