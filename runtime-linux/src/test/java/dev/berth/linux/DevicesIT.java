package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Capabilities;
import dev.berth.spec.Device;
import dev.berth.spec.DeviceRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The device nodes and links of {@code /dev}. */
@RunsContainers
class DevicesIT {
  @RegisterExtension static final Containers containers = new Containers();

  @ParameterizedTest
  @CsvSource({
    "null, 1, 3",
    "zero, 1, 5",
    "full, 1, 7",
    "random, 1, 8",
    "urandom, 1, 9",
    "tty, 5, 0"
  })
  void has_the_default_device(String name, String major, String minor) throws Exception {
    assertThat(output(containers.container("stat", "-c", "%F %t:%T %a %u:%g", "/dev/" + name)))
        .isEqualTo("character special file %s:%s 666 0:0".formatted(major, minor));
  }

  @Test
  void the_devices_work() throws Exception {
    assertThat(containers.output("echo lost > /dev/null; cat /dev/null | wc -c")).isEqualTo("0");
    assertThat(containers.output("head -c 4 /dev/zero | tr '\\0' z")).isEqualTo("zzzz");
    assertThat(containers.output("head -c 8 /dev/random /dev/urandom | wc -c").strip())
        .isNotEqualTo("0");
    assertThat(containers.output("echo x 2>&1 > /dev/full; :")).contains("No space left on device");
  }

  @ParameterizedTest
  @CsvSource({
    "fd, /proc/self/fd", "stdin, /proc/self/fd/0", "stdout, /proc/self/fd/1",
    "stderr, /proc/self/fd/2", "core, /proc/kcore", "ptmx, pts/ptmx"
  })
  void has_the_link(String name, String target) throws Exception {
    assertThat(output(containers.container("readlink", "/dev/" + name))).isEqualTo(target);
  }

  @Test
  void has_nothing_else_in_dev() throws Exception {
    assertThat(containers.output("echo /dev/*"))
        .isEqualTo(
            "/dev/core /dev/fd /dev/full /dev/mqueue /dev/null /dev/ptmx /dev/pts /dev/random"
                + " /dev/shm /dev/stderr /dev/stdin /dev/stdout /dev/tty /dev/urandom /dev/zero");
  }

  @Test
  void can_open_a_terminal_of_its_own() throws Exception {
    assertThat(containers.output("exec 3<>/dev/ptmx; ls /dev/pts")).isEqualTo("0\nptmx");
  }

  @Test
  void has_the_configured_devices() throws Exception {
    List<Device> devices =
        List.of(
            new Device("/dev/disk/first", Device.Type.B, 7L, 0L, 0600L, 5L, 6L),
            new Device("/dev/queue", Device.Type.P, null, null, 0622L, 0L, 0L));
    assertThat(
            output(
                containers
                    .shell("stat -c '%F %t:%T %a %u:%g' /dev/disk/first /dev/queue")
                    .edit(spec -> spec.withLinux(spec.linux().withDevices(devices)))))
        .isEqualTo("block special file 7:0 600 5:6\nfifo 0:0 622 0:0");
  }

  @Test
  void cannot_open_a_device_that_no_rule_allows() throws Exception {
    assertThat(output(withKernelLog("cat /dev/kmsg 2>&1; :")))
        .isEqualTo("cat: can't open '/dev/kmsg': Operation not permitted");
  }

  @Test
  void can_open_a_device_as_a_rule_allows() throws Exception {
    List<DeviceRule> rules =
        List.of(
            new DeviceRule(false, null, null, null, "rwm"),
            new DeviceRule(true, DeviceRule.Type.C, 1L, 11L, "r"));
    ContainerBuilder reader =
        withKernelLog("head -c 0 /dev/kmsg && echo read; (echo x >/dev/kmsg) 2>&1; :")
            .edit(spec ->
                spec.withLinux(
                    spec.linux().withResources(spec.linux().resources().withDevices(rules))));
    assertThat(output(reader))
        .isEqualTo("read\nsh: can't create /dev/kmsg: Operation not permitted");
  }

  /** A device that takes no module of the kernel, and CAP_SYSLOG. */
  private static ContainerBuilder withKernelLog(String script) {
    List<String> syslog = List.of("CAP_SYSLOG");
    Capabilities capabilities = new Capabilities(syslog, syslog, List.of(), syslog, List.of());
    Device log = new Device("/dev/kmsg", Device.Type.C, 1L, 11L, 0666L, 0L, 0L);
    return containers
        .shell(script)
        .edit(spec ->
            spec.withProcess(spec.process().withCapabilities(capabilities))
                .withLinux(spec.linux().withDevices(List.of(log))));
  }
}
