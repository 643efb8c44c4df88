package dev.berth.core.spec;

import dev.berth.spec.Spec;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks {@code linux.netDevices} (config-linux.md, "Network Devices"). */
final class NetDeviceChecks {
  /** {@code IFNAMSIZ}, without the NUL. */
  private static final int NAME_MAX = 15;

  private static final String LOOPBACK = "lo";

  /** Where the kernel puts the first number that makes a name that is free. */
  private static final String NUMBER = "%d";

  private NetDeviceChecks() {}

  static void check(Spec spec, Report report) {
    Map<String, String> taken = new HashMap<>();
    spec.linux()
        .netDevices()
        .forEach((hostName, device) -> {
          String path = "linux.netDevices[\"%s\"]".formatted(hostName);
          name(path, hostName, hostName, report);
          String name = hostName;
          if (device.name() != null) {
            name = device.name();
            name(path + ".name", name, name.replaceFirst(NUMBER, ""), report);
          }
          @Nullable String other = name.contains(NUMBER) ? null : taken.putIfAbsent(name, hostName);
          if (other != null) {
            report.problem(
                path, "would be \"%s\" in the container, as \"%s\" is".formatted(name, other));
          }
        });
  }

  /**
   * As the kernel's {@code dev_valid_name} has it.
   *
   * @param fixed what is left of {@code name} without a number's place
   */
  private static void name(String path, String name, String fixed, Report report) {
    if (name.equals(LOOPBACK)) {
      report.problem(path, "\"lo\" is a device that every network namespace has for itself");
    } else if (name.isEmpty() || name.length() > NAME_MAX) {
      report.problem(
          path, "\"%s\" does not have between 1 and %s characters".formatted(name, NAME_MAX));
    } else if (name.equals(".")
        || name.equals("..")
        || !fixed.chars().allMatch(NetDeviceChecks::isAllowed)) {
      report.problem(path, "\"%s\" is not the name of a network device".formatted(name));
    }
  }

  private static boolean isAllowed(int c) {
    return c > ' ' && c < 0x7f && "/:%".indexOf(c) < 0;
  }
}
