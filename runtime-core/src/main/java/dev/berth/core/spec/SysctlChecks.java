package dev.berth.core.spec;

import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks {@code linux.sysctl} (config-linux.md, "Sysctl"). Allowed is what the kernel has once for
 * each namespace, where the container has such a namespace of its own; anything else would be the
 * host's. Whether a namespace with a path is not the runtime's is found out when that is opened.
 */
final class SysctlChecks {
  private static final SysctlName HOSTNAME = new SysctlName("kernel/hostname");

  private SysctlChecks() {}

  static void check(Spec spec, Report report) {
    Map<SysctlName, String> seen = new HashMap<>();
    spec.linux()
        .sysctl()
        .forEach((text, value) -> {
          String path = "linux.sysctl[\"%s\"]".formatted(text);
          SysctlName name = SysctlName.of(text);
          if (!name.isPath()) {
            report.problem(path, "not a name such as net.ipv4.ip_forward");
            return;
          }
          String other = seen.putIfAbsent(name, text);
          if (other != null) {
            report.problem(path, "the same parameter as \"%s\"".formatted(other));
          }
          allowed(path, name, spec, report);
          value(path, name, value, spec, report);
        });
  }

  private static void allowed(String path, SysctlName name, Spec spec, Report report) {
    Optional<Namespace.Type> type = name.namespace();
    if (name.equals(HOSTNAME)) {
      report.problem(path, "conflicts with hostname, which is the property for it");
    } else if (type.isEmpty()) {
      report.problem(path, "the whole host has only one, and no container can have another");
    } else if (!has(spec.linux(), type.get())) {
      report.problem(
          path, "needs a %s namespace, and linux.namespaces has none".formatted(type.get()));
    }
  }

  private static boolean has(LinuxSpec linux, Namespace.Type type) {
    return linux.namespaces().stream().anyMatch(each -> each.type() == type);
  }

  private static void value(String path, SysctlName name, String value, Spec spec, Report report) {
    if (value.isBlank()) {
      report.problem(path, "empty");
    } else if (value.indexOf('\n') >= 0) {
      report.problem(path, "contains a newline");
    } else if (name.equals(SysctlName.DOMAINNAME)
        && spec.domainname() != null
        && !spec.domainname().equals(value)) {
      report.problem(path, "conflicts with domainname, which is another one");
    }
  }
}
