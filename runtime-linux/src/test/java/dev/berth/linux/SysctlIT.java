package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.KernelSetting;
import dev.berth.linux.testing.Nsenter;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code linux.sysctl}: kernel parameters of the container's namespaces, and of no other. */
@RunsContainers
class SysctlIT {
  private static final List<IdMapping> IDS = List.of(new IdMapping(0, 100_000, 65_536));
  private static final String PORTS = "net.ipv4.ip_unprivileged_port_start";
  private static final Path PORTS_FILE = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");

  @RegisterExtension static final Containers containers = new Containers();

  @ParameterizedTest
  @CsvSource({
    "net.ipv4.ip_unprivileged_port_start, 77, 77",
    "net/ipv4/conf/lo/forwarding, 1, 1",
    "net.ipv4.ping_group_range, 0 2147483647, 0\t2147483647",
    "kernel.sem, 32001 1024000001 501 32002, 32001\t1024000001\t501\t32002",
    "kernel.shmmax, 4096, 4096",
    "fs.mqueue.msg_max, 11, 11",
    "kernel.domainname, example.org, example.org",
  })
  void has_the_value_inside(String name, String value, String seen) throws Exception {
    String file = "/proc/sys/" + name.replace('.', '/');
    assertThat(output(setting(containers.container("cat", file), name, value))).isEqualTo(seen);
  }

  @Test
  void changes_the_namespace_of_the_container_and_not_the_hosts() throws Exception {
    String host = KernelSetting.read(PORTS_FILE);
    try (Container running = setting(containers.container("sleep", "1000"), PORTS, "77").start()) {
      assertThat(Nsenter.network(running.process().pid(), "cat", PORTS_FILE.toString()))
          .isEqualTo("77");
      assertThat(KernelSetting.read(PORTS_FILE)).isEqualTo(host);
    }
  }

  @Test
  void works_in_a_user_namespace() throws Exception {
    assertThat(output(inUserNamespace(setting(cat(), PORTS, "77")))).isEqualTo("77");
    assertThat(
            output(
                inUserNamespace(
                    setting(
                        containers.container("cat", "/proc/sys/kernel/domainname"),
                        "kernel.domainname",
                        "example.org"))))
        .isEqualTo("example.org");
    assertThat(
            output(
                inUserNamespace(
                    setting(
                        containers.container("cat", "/proc/sys/user/max_net_namespaces"),
                        "user.max_net_namespaces",
                        "3"))))
        .isEqualTo("3");
  }

  /** Where it may not mount a procfs, the runtime's is used, whose sysctls are the container's. */
  @Test
  void works_in_a_user_namespace_that_may_not_mount_procfs() throws Exception {
    String host = KernelSetting.read(PORTS_FILE);
    try (Container running =
        inUserNamespace(setting(containers.container("sleep", "1000"), PORTS, "77"))
            .edit(spec ->
                spec.withMounts(
                        spec.mounts().stream()
                            .filter(mount -> !mount.destination().equals("/proc"))
                            .toList())
                    .withLinux(
                        spec.linux()
                            .withNamespaces(
                                spec.linux().namespaces().stream()
                                    .filter(each -> each.type() != Namespace.Type.PID)
                                    .toList())))
            .start()) {
      assertThat(Nsenter.network(running.process().pid(), "cat", PORTS_FILE.toString()))
          .isEqualTo("77");
      assertThat(KernelSetting.read(PORTS_FILE)).isEqualTo(host);
    }
  }

  @Test
  void refuses_what_is_no_value() {
    assertThat(refusal(setting(cat(), "net.ipv4.ip_forward", "yes")))
        .isEqualTo(
            "container \"ID\": set sysctl net.ipv4.ip_forward to yes:"
                + " write(/proc/sys/net/ipv4/ip_forward): EINVAL (Invalid argument); not a value"
                + " for this parameter");
  }

  @Test
  void refuses_what_the_kernel_has_not() {
    assertThat(refusal(setting(cat(), "net.ipv4.conf.eth0/100.forwarding", "1")))
        .isEqualTo(
            "container \"ID\": set sysctl net.ipv4.conf.eth0/100.forwarding to 1:"
                + " openat2(/proc/sys/net/ipv4/conf/eth0.100/forwarding): ENOENT (No such file or"
                + " directory); this kernel has no such parameter, or only one for the whole host");
  }

  /** Here write(2) says how much of it was taken, and no error. */
  @Test
  void refuses_what_the_kernel_takes_only_a_part_of() {
    assertThat(refusal(setting(cat(), "net.ipv4.ip_local_port_range", "2000 3000 4000")))
        .isEqualTo(
            "container \"ID\": set sysctl net.ipv4.ip_local_port_range to \"2000 3000 4000\":"
                + " write(/proc/sys/net/ipv4/ip_local_port_range): EINVAL (Invalid argument); not a"
                + " value for this parameter");
  }

  @Test
  void explains_what_it_would_set() {
    assertThat(setting(cat(), PORTS, "77").explain())
        .contains("set sysctl net.ipv4.ip_unprivileged_port_start to 77\n");
  }

  private static ContainerBuilder cat() {
    return containers.container("cat", PORTS_FILE.toString());
  }

  private static ContainerBuilder setting(ContainerBuilder builder, String name, String value) {
    return builder.edit(spec -> spec.withLinux(spec.linux().withSysctl(Map.of(name, value))));
  }

  private static ContainerBuilder inUserNamespace(ContainerBuilder builder) {
    return builder.edit(spec -> UserNamespaceIT.withUserNamespace(spec, IDS));
  }
}
