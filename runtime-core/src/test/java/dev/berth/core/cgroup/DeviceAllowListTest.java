package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.DeviceRule;
import dev.berth.spec.DeviceRule.Type;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DeviceAllowListTest {

  @Test
  void denies_all_devices_then_follows_the_rules_then_allows_what_every_container_needs() {
    assertThat(
            writes(
                new DeviceRule(true, Type.C, 10L, 229L, "rw"),
                new DeviceRule(false, null, null, null, "rwm"),
                new DeviceRule(true, Type.B, 8L, -1L, null),
                new DeviceRule(false, Type.B, 8L, 1L, "w")))
        .containsExactly(
            "devices.deny = a",
            "devices.allow = b 8:* rwm",
            "devices.deny = b 8:1 w",
            "devices.allow = c *:* m",
            "devices.allow = b *:* m",
            "devices.allow = c 1:3 rwm",
            "devices.allow = c 1:5 rwm",
            "devices.allow = c 1:7 rwm",
            "devices.allow = c 1:8 rwm",
            "devices.allow = c 1:9 rwm",
            "devices.allow = c 5:0 rwm",
            "devices.allow = c 5:1 rwm",
            "devices.allow = c 5:2 rwm",
            "devices.allow = c 136:* rwm",
            "devices.allow = c 10:200 rwm");
  }

  @Test
  void denies_devices_even_without_a_rule() {
    assertThat(writes()).startsWith("devices.deny = a").hasSize(13);
  }

  @Test
  void allows_a_privileged_container_every_device() {
    assertThat(writes(new DeviceRule(true, Type.A, null, null, "rwm")))
        .containsExactly("devices.allow = a");
  }

  @Test
  void keeps_what_every_container_needs_when_a_privileged_one_is_denied_it() {
    assertThat(
            writes(
                new DeviceRule(true, Type.A, null, null, "rwm"),
                new DeviceRule(false, Type.C, 1L, 3L, "w")))
        .startsWith("devices.allow = a", "devices.deny = c 1:3 w", "devices.allow = c *:* m")
        .contains("devices.allow = c 1:3 rwm");
  }

  @Test
  void changes_only_what_is_different_and_allows_before_it_denies() {
    String before = inForce(new DeviceRule(true, Type.B, 8L, null, "rw"));

    assertThat(
            changes(
                before,
                new DeviceRule(true, Type.B, 8L, null, "rm"),
                new DeviceRule(true, Type.C, 10L, 229L, "rw"),
                new DeviceRule(false, Type.C, 10L, 229L, "w")))
        .containsExactly(
            "devices.allow = b 8:* m", "devices.allow = c 10:229 r", "devices.deny = b 8:* w");
  }

  @Test
  void changes_nothing_where_nothing_is_different() {
    DeviceRule rule = new DeviceRule(true, Type.B, 8L, null, "rw");

    assertThat(changes(inForce(rule), rule)).isEmpty();
  }

  @Test
  void begins_anew_where_all_devices_are_or_were_allowed() {
    DeviceRule all = new DeviceRule(true, Type.A, null, null, "rwm");

    assertThat(changes("a *:* rwm\n")).startsWith("devices.deny = a").hasSize(13);
    assertThat(changes(inForce(), all)).containsExactly("devices.allow = a");
  }

  /** What {@code devices.list} says with these rules. */
  private static String inForce(DeviceRule... rules) {
    return DeviceAllowList.of(List.of(rules)).v1Writes().stream()
        .skip(1)
        .map(write -> write.value() + "\n")
        .collect(Collectors.joining());
  }

  private static List<String> changes(String list, DeviceRule... rules) {
    return DeviceAllowList.of(List.of(rules)).v1Changes(list).stream()
        .map(write -> write.file() + " = " + write.value())
        .toList();
  }

  private static List<String> writes(DeviceRule... rules) {
    return DeviceAllowList.of(List.of(rules)).v1Writes().stream()
        .map(write -> write.file() + " = " + write.value())
        .toList();
  }
}
