package dev.berth.core.spec;

import dev.berth.spec.IdMapping;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Namespace;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Checks {@code linux.namespaces}, and what is only of use in one of them (config-linux.md). */
final class NamespaceChecks {
  private static final Set<String> CLOCKS = Set.of("monotonic", "boottime");
  private static final long MAX_NANOSECONDS = 999_999_999;

  private static final List<Need> NEEDS =
      List.of(
          new Need("hostname", Namespace.Type.UTS, spec -> spec.hostname() != null),
          new Need("domainname", Namespace.Type.UTS, spec -> spec.domainname() != null),
          new Need(
              "linux.maskedPaths",
              Namespace.Type.MOUNT,
              spec -> !spec.linux().maskedPaths().isEmpty()),
          new Need(
              "linux.readonlyPaths",
              Namespace.Type.MOUNT,
              spec -> !spec.linux().readonlyPaths().isEmpty()),
          new Need("mounts", Namespace.Type.MOUNT, spec -> !spec.mounts().isEmpty()),
          new Need(
              "root.readonly",
              Namespace.Type.MOUNT,
              spec -> spec.root() != null && spec.root().readonly()),
          new Need(
              "linux.rootfsPropagation",
              Namespace.Type.MOUNT,
              spec -> spec.linux().rootfsPropagation() != null),
          new Need(
              "linux.devices", Namespace.Type.MOUNT, spec -> !spec.linux().devices().isEmpty()),
          new Need(
              "linux.netDevices",
              Namespace.Type.NETWORK,
              spec -> !spec.linux().netDevices().isEmpty()),
          new Need(
              "linux.timeOffsets",
              Namespace.Type.TIME,
              spec -> !spec.linux().timeOffsets().isEmpty()),
          new Need(
              "linux.uidMappings",
              Namespace.Type.USER,
              spec -> !spec.linux().uidMappings().isEmpty()),
          new Need(
              "linux.gidMappings",
              Namespace.Type.USER,
              spec -> !spec.linux().gidMappings().isEmpty()));

  private NamespaceChecks() {}

  static void check(Spec spec, Report report) {
    LinuxSpec linux = spec.linux();
    Map<Namespace.Type, Namespace> namespaces = namespaces(linux.namespaces(), report);
    for (Need need : NEEDS) {
      if (need.given().test(spec) && !namespaces.containsKey(need.type())) {
        report.problem(
            need.path(),
            "needs a %s namespace, and linux.namespaces has none".formatted(need.type()));
      }
    }
    mappings(spec, namespaces.get(Namespace.Type.USER), report);
    mount(namespaces, report);
    timeOffsets(linux, namespaces.get(Namespace.Type.TIME), report);
    absolute("linux.maskedPaths", linux.maskedPaths(), report);
    absolute("linux.readonlyPaths", linux.readonlyPaths(), report);
  }

  private static Map<Namespace.Type, Namespace> namespaces(List<Namespace> list, Report report) {
    Map<Namespace.Type, Namespace> namespaces = new EnumMap<>(Namespace.Type.class);
    for (int i = 0; i < list.size(); i++) {
      Namespace namespace = list.get(i);
      String path = "linux.namespaces[%s]".formatted(i);
      if (namespaces.putIfAbsent(namespace.type(), namespace) != null) {
        report.problem(path, "a second %s namespace".formatted(namespace.type()));
      }
      if (namespace.path() != null) {
        report.requireAbsolute(path + ".path", namespace.path());
      }
    }
    return namespaces;
  }

  private static void mappings(Spec spec, @Nullable Namespace user, Report report) {
    LinuxSpec linux = spec.linux();
    IdRanges.check("linux.uidMappings", linux.uidMappings(), report);
    IdRanges.check("linux.gidMappings", linux.gidMappings(), report);
    if (user == null) {
      return;
    }
    if (user.path() == null) {
      ofNewNamespace("linux.uidMappings", linux.uidMappings(), report);
      ofNewNamespace("linux.gidMappings", linux.gidMappings(), report);
    }
    checkProcess(spec, report);
  }

  private static void ofNewNamespace(String path, List<IdMapping> mappings, Report report) {
    if (mappings.isEmpty()) {
      report.problem(path, "empty, and a new user namespace needs them");
    } else if (!IdRanges.contain(mappings, 0)) {
      report.problem(path, "0 is in none of them, and it is root who sets the container up");
    }
  }

  /** The mounts of a namespace are those of the user namespace that it was made in. */
  private static void mount(Map<Namespace.Type, Namespace> namespaces, Report report) {
    Namespace mount = namespaces.get(Namespace.Type.MOUNT);
    Namespace user = namespaces.get(Namespace.Type.USER);
    if (mount != null && mount.path() != null && user != null && user.path() == null) {
      report.problem(
          "linux.namespaces",
          "a new user namespace has no say in a mount namespace that is there already; give both"
              + " a path, or neither");
    }
  }

  /** Whether the ids of the process are there in the user namespace. */
  static void checkProcess(Spec spec, Report report) {
    ProcessSpec process = spec.process();
    LinuxSpec linux = spec.linux();
    if (process != null && !linux.uidMappings().isEmpty() && !linux.gidMappings().isEmpty()) {
      mapped(process.user(), linux, report);
    }
  }

  private static void mapped(User user, LinuxSpec linux, Report report) {
    if (!IdRanges.contain(linux.uidMappings(), user.uid())) {
      report.problem("process.user.uid", "%s is not in linux.uidMappings".formatted(user.uid()));
    }
    if (!IdRanges.contain(linux.gidMappings(), user.gid())) {
      report.problem("process.user.gid", "%s is not in linux.gidMappings".formatted(user.gid()));
    }
    for (int i = 0; i < user.additionalGids().size(); i++) {
      long gid = user.additionalGids().get(i);
      if (!IdRanges.contain(linux.gidMappings(), gid)) {
        report.problem(
            "process.user.additionalGids[%s]".formatted(i),
            "%s is not in linux.gidMappings".formatted(gid));
      }
    }
  }

  private static void timeOffsets(LinuxSpec linux, @Nullable Namespace time, Report report) {
    if (time != null && time.path() != null && !linux.timeOffsets().isEmpty()) {
      report.problem(
          "linux.timeOffsets",
          "only for a new time namespace, and linux.namespaces has a path for it");
    }
    linux
        .timeOffsets()
        .forEach((clock, offset) -> {
          String path = "linux.timeOffsets[\"%s\"]".formatted(clock);
          if (!CLOCKS.contains(clock)) {
            report.problem(path, "there is only \"monotonic\" and \"boottime\"");
          }
          if (offset.nanosecs() != null) {
            report.requireWithin(path + ".nanosecs", offset.nanosecs(), 0, MAX_NANOSECONDS);
          }
        });
  }

  private static void absolute(String path, List<String> files, Report report) {
    for (int i = 0; i < files.size(); i++) {
      report.requireAbsolute("%s[%s]".formatted(path, i), files.get(i));
    }
  }

  /** What is of no use, or dangerous, outside a namespace of that type. */
  private record Need(String path, Namespace.Type type, Predicate<Spec> given) {}
}
