package dev.berth.core.spec;

import dev.berth.spec.Device;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.Spec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks {@code linux.devices} and {@code linux.resources.devices} (config-linux.md, "Devices").
 */
final class DeviceChecks {
  static final long MAX_MAJOR = (1L << 12) - 1;
  static final long MAX_MINOR = (1L << 20) - 1;

  private DeviceChecks() {}

  static void check(Spec spec, Report report) {
    nodes(spec.linux().devices(), report);
    rules(spec.linux().resources().devices(), report);
  }

  private static void nodes(List<Device> devices, Report report) {
    Map<String, Device> seen = new HashMap<>();
    for (int i = 0; i < devices.size(); i++) {
      Device device = devices.get(i);
      String path = "linux.devices[%s]".formatted(i);
      report.requireAbsolute(path + ".path", device.path());
      Device other = seen.putIfAbsent(device.path(), device);
      if (other != null && !other.equals(device)) {
        report.problem(path + ".path", "\"%s\" is another device above".formatted(device.path()));
      }
      if (device.type() != Device.Type.P) {
        number(path + ".major", device.major(), MAX_MAJOR, report);
        number(path + ".minor", device.minor(), MAX_MINOR, report);
      }
    }
  }

  private static void number(String path, @Nullable Long number, long greatest, Report report) {
    if (number == null) {
      report.problem(path, "missing");
    } else {
      report.requireWithin(path, number, 0, greatest);
    }
  }

  private static void rules(List<DeviceRule> rules, Report report) {
    for (int i = 0; i < rules.size(); i++) {
      DeviceRule rule = rules.get(i);
      String path = "linux.resources.devices[%s]".formatted(i);
      if (rule.access() != null && !rule.access().matches("[rwm]+")) {
        report.problem(
            path + ".access", "\"%s\" has other letters than r, w and m".formatted(rule.access()));
      }
      if (rule.major() != null) {
        report.requireWithin(path + ".major", rule.major(), -1, MAX_MAJOR);
      }
      if (rule.minor() != null) {
        report.requireWithin(path + ".minor", rule.minor(), -1, MAX_MINOR);
      }
    }
  }
}
