package dev.berth.core.systemd;

import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.spec.DeviceRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Device rules in the words of systemd, which enforces its own beside those of the runtime: both
 * have to allow an access. So if one rule cannot be said, systemd is told to allow everything, and
 * leaves it to the runtime's.
 */
public final class DeviceProperties {
  private static final UnitProperty ALL = new UnitProperty("DevicePolicy", BusValue.text("auto"));
  private static final String SECTION_END = "";

  private final Map<String, String> groups;

  private DeviceProperties(Map<String, String> groups) {
    this.groups = groups;
  }

  /**
   * Those for {@code devices}. The list that a unit has already is emptied first.
   *
   * @param procDevices the content of {@code /proc/devices}, which has the name of each group
   */
  public static List<UnitProperty> of(DeviceAllowList devices, String procDevices) {
    BusValue none = new BusValue.Array("(ss)", List.of());
    return new DeviceProperties(groups(procDevices))
        .allowed(devices)
        .map(allowed ->
            List.of(
                new UnitProperty("DevicePolicy", BusValue.text("strict")),
                new UnitProperty("DeviceAllow", none),
                new UnitProperty("DeviceAllow", new BusValue.Array("(ss)", allowed))))
        .orElse(List.of(ALL, new UnitProperty("DeviceAllow", none)));
  }

  private Optional<List<BusValue>> allowed(DeviceAllowList devices) {
    if (devices.allowByDefault()) {
      return Optional.empty();
    }
    List<BusValue> allowed = new ArrayList<>();
    for (DeviceRule rule : devices.exceptions()) {
      String device = device(rule);
      if (device == null || !rule.allow()) {
        return Optional.empty();
      }
      String access = rule.access() == null ? "rwm" : rule.access();
      allowed.add(new BusValue.Struct(List.of(BusValue.text(device), BusValue.text(access))));
    }
    return Optional.of(allowed);
  }

  private @Nullable String device(DeviceRule rule) {
    String type = rule.type() == DeviceRule.Type.B ? "block" : "char";
    boolean anyMajor = isAny(rule.major());
    if (isAny(rule.minor())) {
      return anyMajor ? type + "-*" : groups.get(type + "-" + rule.major());
    }
    return anyMajor ? null : "/dev/%s/%s:%s".formatted(type, rule.major(), rule.minor());
  }

  private static boolean isAny(@Nullable Long number) {
    return number == null || number < 0;
  }

  /** {@code char-136} is {@code char-pts}. */
  private static Map<String, String> groups(String procDevices) {
    Map<String, String> groups = new HashMap<>();
    String type = SECTION_END;
    for (String line : procDevices.lines().map(String::strip).toList()) {
      switch (line) {
        case "Character devices:" -> type = "char-";
        case "Block devices:" -> type = "block-";
        case SECTION_END -> type = SECTION_END;
        default -> {
          String[] parts = line.split(" ", 2);
          if (!type.isEmpty() && parts.length == 2) {
            groups.putIfAbsent(type + parts[0], type + parts[1]);
          }
        }
      }
    }
    return groups;
  }
}
