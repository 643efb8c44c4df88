package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.mounting;
import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.withOwnIds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.Device;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.util.List;
import org.junit.jupiter.api.Test;

class DevicePlannerTest {
  static final String FIRST_DEVICE = "make device /dev/null (c 1:3, 0666, owner 0:0)";

  @Test
  void makes_the_default_devices_and_links() {
    assertThat(devices(mounting()))
        .containsExactly(
            "make device /dev/null (c 1:3, 0666, owner 0:0)",
            "make device /dev/zero (c 1:5, 0666, owner 0:0)",
            "make device /dev/full (c 1:7, 0666, owner 0:0)",
            "make device /dev/random (c 1:8, 0666, owner 0:0)",
            "make device /dev/urandom (c 1:9, 0666, owner 0:0)",
            "make device /dev/tty (c 5:0, 0666, owner 0:0)",
            "link /dev/fd to /proc/self/fd",
            "link /dev/stdin to /proc/self/fd/0",
            "link /dev/stdout to /proc/self/fd/1",
            "link /dev/stderr to /proc/self/fd/2",
            "link /dev/core to /proc/kcore",
            "link /dev/ptmx to pts/ptmx");
  }

  @Test
  void leaves_a_dev_of_the_host_alone() {
    assertThat(devices(mounting(Mount.bind("/dev", "/dev")))).isEmpty();
  }

  @Test
  void makes_configured_devices_with_their_mode_and_owner() {
    Device fuse = new Device("/dev/fuse", Device.Type.C, 10L, 229L, 0100660L, 5L, 4_000_000_000L);
    Device disk = new Device("/dev/disk", Device.Type.B, 8L, 0L, null, null, null);
    Device pipe = new Device("/dev/pipe", Device.Type.P, null, null, 0600L, null, null);
    assertThat(devices(configured(fuse, disk, pipe)))
        .contains(
            "make device /dev/fuse (c 10:229, 0660, owner 5:4000000000)",
            "make device /dev/disk (b 8:0, 0666, owner 0:0)",
            "make device /dev/pipe (p, 0600, owner 0:0)");
  }

  @Test
  void lets_a_configured_device_replace_a_default_one() {
    Device mine = new Device("/dev/null", Device.Type.C, 1L, 3L, 0600L, null, null);
    assertThat(devices(configured(mine)))
        .contains("make device /dev/null (c 1:3, 0600, owner 0:0)")
        .doesNotContain(FIRST_DEVICE);
  }

  @Test
  void binds_the_hosts_devices_in_a_user_namespace_and_makes_a_fifo() {
    Device pipe = new Device("/dev/pipe", Device.Type.P, null, null, 0600L, null, null);
    assertThat(steps(plan(withOwnIds(configured(pipe)))))
        .contains(
            "open /dev/tty",
            "mount /dev/tty at /dev/tty",
            "make device /dev/pipe (p, 0600, owner 0:0)")
        .doesNotContain(FIRST_DEVICE);
  }

  @Test
  void holds_a_configured_device_that_is_bound_against_its_number() {
    Device disk = new Device("/dev/disk", Device.Type.B, 8L, 16L, null, null, null);
    assertThat(steps(plan(withOwnIds(configured(disk)))))
        .containsSubsequence(
            "open /dev/disk", "require that /dev/disk is b 8:16", "mount /dev/disk at /dev/disk")
        .noneMatch(step -> step.startsWith("require that /dev/null"));
  }

  @Test
  void binds_the_hosts_devices_where_the_runtime_itself_is_in_a_user_namespace() {
    HostView nested = Plans.host(0, HostView.Groups.CHOSEN, HostView.Nodes.BOUND, 1024);
    assertThat(steps(plan(mounting(), nested)))
        .containsSubsequence("open /dev/tty", "mount /dev/tty at /dev/tty", "change root");
  }

  private static Spec configured(Device... devices) {
    Spec spec = mounting();
    return spec.withLinux(spec.linux().withDevices(List.of(devices)));
  }

  private static List<String> devices(Spec spec) {
    return steps(plan(spec)).stream()
        .filter(step -> step.startsWith("make device ") || step.startsWith("link "))
        .toList();
  }
}
