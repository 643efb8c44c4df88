package dev.berth.core.spec;

import dev.berth.spec.IntelRdt;
import dev.berth.spec.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks {@code linux.intelRdt} (config-linux.md, "IntelRdt"). */
final class IntelRdtChecks {
  private static final String PATH = "linux.intelRdt.";

  /** Directories that the root of the file system has for itself. */
  private static final List<String> RESERVED = List.of("info", "mon_data", "mon_groups");

  private IntelRdtChecks() {}

  static void check(Spec spec, Report report) {
    IntelRdt rdt = spec.linux().intelRdt();
    if (rdt == null) {
      return;
    }
    closId(rdt.closID(), report);
    line(PATH + "l3CacheSchema", rdt.l3CacheSchema(), report);
    line(PATH + "memBwSchema", rdt.memBwSchema(), report);
    for (int i = 0; i < rdt.schemata().size(); i++) {
      line(PATH + "schemata[%s]".formatted(i), rdt.schemata().get(i), report);
    }
  }

  /** The name of a directory, or the root; anything else would be a group inside another one. */
  private static void closId(@Nullable String id, Report report) {
    if (id == null || id.equals("/")) {
      return;
    }
    if (id.contains("/") || id.contains("\n") || id.equals(".") || id.equals("..")) {
      report.problem(
          PATH + "closID", "\"%s\" is neither \"/\" nor the name of a directory".formatted(id));
    } else if (RESERVED.contains(id)) {
      report.problem(
          PATH + "closID", "\"%s\" is a directory that resctrl has for itself".formatted(id));
    }
  }

  private static void line(String path, @Nullable String line, Report report) {
    if (line != null && line.contains("\n")) {
      report.problem(path, "has more than one line; linux.intelRdt.schemata takes a list of them");
    }
  }
}
