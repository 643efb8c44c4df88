package dev.berth.core.cgroup;

import dev.berth.spec.DeviceRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which devices the processes of a cgroup may open and make.
 *
 * @param allowByDefault what holds for a device that no exception names
 * @param exceptions in order, the last one that matches wins; none is of type {@link
 *     DeviceRule.Type#A}
 */
public record DeviceAllowList(boolean allowByDefault, List<DeviceRule> exceptions) {

  private static final String ALL_ACCESS = "rwm";
  private static final @Nullable Long ANY = null;

  /**
   * What every container may use (config-linux.md, "Default Devices"), and nodes of any other
   * device it may make, for they cannot be opened.
   */
  private static final List<DeviceRule> NEEDED_BY_ALL =
      List.of(
          allow(DeviceRule.Type.C, ANY, ANY, "m"),
          allow(DeviceRule.Type.B, ANY, ANY, "m"),
          allow(DeviceRule.Type.C, 1L, 3L, ALL_ACCESS), // null
          allow(DeviceRule.Type.C, 1L, 5L, ALL_ACCESS), // zero
          allow(DeviceRule.Type.C, 1L, 7L, ALL_ACCESS), // full
          allow(DeviceRule.Type.C, 1L, 8L, ALL_ACCESS), // random
          allow(DeviceRule.Type.C, 1L, 9L, ALL_ACCESS), // urandom
          allow(DeviceRule.Type.C, 5L, 0L, ALL_ACCESS), // tty
          allow(DeviceRule.Type.C, 5L, 1L, ALL_ACCESS), // console
          allow(DeviceRule.Type.C, 5L, 2L, ALL_ACCESS), // ptmx
          allow(DeviceRule.Type.C, 136L, ANY, ALL_ACCESS), // pts
          allow(
              DeviceRule.Type.C,
              10L,
              200L,
              ALL_ACCESS)); // net/tun, which VPN images expect of runc

  /** Copies the list. */
  public DeviceAllowList {
    exceptions = List.copyOf(exceptions);
  }

  /**
   * The list for these rules of the configuration. Without a rule for all devices, none is allowed;
   * what every container needs comes last, so that no rule takes it away.
   */
  public static DeviceAllowList of(List<DeviceRule> rules) {
    boolean allowByDefault = false;
    List<DeviceRule> exceptions = new ArrayList<>();
    for (DeviceRule rule : rules) {
      if (rule.type() == null || rule.type() == DeviceRule.Type.A) {
        // Numbers and access do not matter for "a": the kernel ignores them, and forgets the rest.
        allowByDefault = rule.allow();
        exceptions.clear();
      } else {
        exceptions.add(rule);
      }
    }
    if (!allowByDefault || !exceptions.isEmpty()) {
      exceptions.addAll(NEEDED_BY_ALL);
    }
    return new DeviceAllowList(allowByDefault, exceptions);
  }

  /**
   * As cgroup v1 takes it for a cgroup in use: what processes may use before and after, they may
   * use meanwhile. That is not to be had where either list allows what it does not name.
   *
   * @param list what {@code devices.list} says now
   */
  public List<CgroupWrite> v1Changes(String list) {
    Optional<AllowedDevices> before = AllowedDevices.parse(list);
    if (allowByDefault || before.isEmpty()) {
      return v1Writes();
    }
    AllowedDevices after = new AllowedDevices();
    for (DeviceRule rule : exceptions) {
      if (rule.allow()) {
        after.allow(line(rule));
      } else {
        after.deny(line(rule));
      }
    }
    List<CgroupWrite> writes = new ArrayList<>();
    after.without(before.get()).forEach(line -> writes.add(write(true, line)));
    before.get().without(after).forEach(line -> writes.add(write(false, line)));
    return writes;
  }

  /** As cgroup v1 takes it for a new cgroup: one rule a write. */
  public List<CgroupWrite> v1Writes() {
    List<CgroupWrite> writes = new ArrayList<>();
    writes.add(write(allowByDefault, "a"));
    exceptions.forEach(rule -> writes.add(write(rule.allow(), line(rule))));
    return writes;
  }

  private static CgroupWrite write(boolean allow, String value) {
    return new CgroupWrite(CgroupWrite.DEVICES, allow ? "devices.allow" : "devices.deny", value);
  }

  private static String line(DeviceRule rule) {
    return "%s %s:%s %s"
        .formatted(rule.type(), number(rule.major()), number(rule.minor()), access(rule));
  }

  /** Engines leave it out for all. */
  static String access(DeviceRule rule) {
    return rule.access() == null ? ALL_ACCESS : rule.access();
  }

  /** Some engines write -1 for "any" instead of leaving the number out. */
  private static String number(@Nullable Long number) {
    return number == null || number < 0 ? "*" : number.toString();
  }

  private static DeviceRule allow(
      DeviceRule.Type type, @Nullable Long major, @Nullable Long minor, String access) {
    return new DeviceRule(true, type, major, minor, access);
  }
}
