package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.NetDevice;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** In a JVM whose network namespace nobody else uses: "the host" is that. */
@RunsContainers
class NetDevicesIT {
  @RegisterExtension static final Containers containers = new Containers();

  private static final String PAIR = "ip link add v0 type veth peer name peer";

  private static Map<String, NetDevice> one(String hostName, String name) {
    return Map.of(hostName, new NetDevice(name));
  }

  private static UnaryOperator<Spec> moving(Map<String, NetDevice> devices) {
    return spec -> spec.withLinux(spec.linux().withNetDevices(devices));
  }

  private static String run(String setup, ContainerBuilder container) throws IOException {
    return ContainerJvm.withNetwork(setup)
        .run(containers.directory().resolve("other"), containers.bundle(container));
  }

  /** Name, state and addresses of each device, without the loopback. */
  private static final String LOOK =
      "for device in $(ls /sys/class/net); do if [ $device != lo ]; then echo $device"
          + " $(ip -o addr show dev $device | tr -s ' ' | grep -v ' fe80:'"
          + " | grep -oE 'inet6? [^ ]+( brd [^ ]+)? scope [a-z]+( secondary)?' | sort | tr '\\n' ';')"
          + " $(ip link show dev $device | grep -c '[<,]UP[,>]'); fi; done";

  @Test
  void a_device_comes_with_its_lasting_global_addresses_and_is_up() throws Exception {
    String setup =
        PAIR
            + "; ip addr add 192.0.2.5/24 brd + dev v0; ip addr add 192.0.2.6/24 dev v0"
            + "; ip addr add 192.0.2.7/24 dev v0 valid_lft 1000 preferred_lft 1000"
            + "; ip addr add 169.254.7.7/16 dev v0 scope link"
            + "; ip addr add 2001:db8::5/64 dev v0 nodad; ip link set v0 up";
    assertThat(run(setup, containers.shell(LOOK).edit(moving(one("v0", "eth0")))))
        .isEqualTo(
            "eth0 inet 192.0.2.5/24 brd 192.0.2.255 scope global;"
                + "inet 192.0.2.6/24 scope global secondary;"
                + "inet6 2001:db8::5/64 scope global; 1");
  }

  @Test
  void a_device_keeps_its_name_unless_it_gets_another() throws Exception {
    assertThat(run(PAIR, containers.shell("ls /sys/class/net").edit(moving(one("v0", null)))))
        .isEqualTo("lo\nv0");
  }

  @Test
  void the_kernel_numbers_the_devices_of_a_template() throws Exception {
    Map<String, NetDevice> devices = new LinkedHashMap<>();
    devices.put("peer", new NetDevice("eth%d"));
    devices.put("v0", new NetDevice("eth%d"));
    devices.put("w0", new NetDevice("net%d"));
    String setup =
        PAIR
            + "; ip link add w0 type veth peer name w1; ip addr add 192.0.2.5/24 dev peer"
            + "; ip addr add 192.0.2.6/24 dev v0";
    assertThat(
            run(
                setup,
                containers
                    .shell(
                        "ls /sys/class/net; ip -o -4 addr | grep eth | tr -s ' ' | cut -d ' ' -f 2,4")
                    .edit(moving(devices))))
        .isEqualTo("eth0\neth1\nlo\nnet0\neth0 192.0.2.5/24\neth1 192.0.2.6/24");
  }

  @Test
  void the_device_is_gone_from_the_host_and_seen_there_in_the_container() throws Exception {
    Path log = Files.createFile(containers.directory().resolve(Containers.newId()));
    String look =
        "pid=$(sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/'); { ls /sys/class/net | wc -l;"
            + " ip -o link | cut -d : -f 2 | cut -d @ -f 1;"
            + " nsenter -t $pid -n ip -o link | cut -d : -f 2 | cut -d @ -f 1; } >%s"
                .formatted(log);
    Hook hook =
        new Hook(
            "/bin/sh",
            List.of("sh", "-c", look),
            List.of("PATH=/bin:/sbin:/usr/bin:/usr/sbin"),
            null);
    Hooks hooks = new Hooks(List.of(), List.of(hook), List.of(), List.of(), List.of(), List.of());
    run(
        PAIR,
        containers
            .container("true")
            .edit(moving(one("v0", "eth0")))
            .edit(spec -> spec.withHooks(hooks)));
    List<String> seen = Files.readAllLines(log);
    assertThat(seen.subList(1, seen.size())).containsExactly(" lo", " peer", " lo", " eth0");
  }

  @Test
  void a_device_comes_into_a_namespace_of_a_container_with_ids_of_its_own() throws Exception {
    UnaryOperator<Spec> own =
        spec -> {
          List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
          namespaces.add(new Namespace(Namespace.Type.USER));
          List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65_536));
          return spec.withLinux(spec.linux().withNamespaces(namespaces).withMappings(ids, ids));
        };
    assertThat(
            run(
                PAIR + "; ip addr add 192.0.2.5/24 dev v0",
                containers.shell(LOOK).edit(own).edit(moving(one("v0", "eth0")))))
        .isEqualTo("eth0 inet 192.0.2.5/24 scope global; 1");
  }

  @Test
  void a_device_that_is_not_there_is_named() throws Exception {
    Map<String, NetDevice> devices = new LinkedHashMap<>();
    devices.put("v0", new NetDevice("eth0"));
    devices.put("missing", new NetDevice(null));
    String refusal = run(PAIR, containers.container("true").edit(moving(devices)));
    assertThat(refusal)
        .endsWith(
            ": linux.netDevices[\"missing\"]: RTM_GETLINK: ENODEV (No such device); the runtime's"
                + " network namespace has no such device");
  }

  @Test
  void a_device_whose_name_the_container_has_does_not_move() throws Exception {
    Path namespace = containers.directory().resolve(Containers.newId());
    Path pid = containers.directory().resolve(Containers.newId());
    String setup =
        PAIR
            + ("; unshare --net sh -c 'ip link add eth0 type veth peer name x; touch %1$s; exec sleep 60'"
                    + " >/dev/null 2>&1 & echo $! >%1$s.pid; until [ -e %1$s ]; do sleep 0.01; done;"
                    + " ln -s /proc/$!/ns/net %2$s")
                .formatted(pid, namespace);
    try {
      assertThat(
              run(
                  setup,
                  containers
                      .container("true")
                      .edit(joining(namespace.toString()))
                      .edit(moving(one("v0", "eth0")))))
          .endsWith(
              ": see that there is no network device eth0: ioctl(SIOCGIFINDEX): EEXIST (File"
                  + " exists); the container's network namespace has one; see the names in"
                  + " linux.netDevices");
    } finally {
      new ProcessBuilder("kill", Files.readString(Path.of(pid + ".pid")).strip()).start().waitFor();
      Files.delete(namespace);
    }
  }

  @Test
  void the_runtimes_own_namespace_is_no_place_to_move_to() throws Exception {
    assertThat(
            run(
                PAIR,
                containers
                    .container("true")
                    .edit(joining("/proc/self/ns/net"))
                    .edit(moving(one("v0", "eth0")))))
        .endsWith(
            ": linux.netDevices: the container has the runtime's own network namespace, where the"
                + " devices are already");
  }

  private static UnaryOperator<Spec> joining(String path) {
    return spec -> {
      List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
      namespaces.removeIf(each -> each.type() == Namespace.Type.NETWORK);
      namespaces.add(new Namespace(Namespace.Type.NETWORK, path));
      return spec.withLinux(spec.linux().withNamespaces(namespaces));
    };
  }
}
