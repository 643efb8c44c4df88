package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Namespace.Type;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Namespaces by path: a container that joins those of another. */
@RunsContainers
class JoinedNamespacesIT {
  private static final List<IdMapping> MAPPINGS = List.of(new IdMapping(0, 100_000, 65_536));

  /** As /proc/PID/ns has them. */
  private static final Map<Type, String> FILES =
      Map.of(
          Type.PID, "pid",
          Type.NETWORK, "net",
          Type.MOUNT, "mnt",
          Type.IPC, "ipc",
          Type.UTS, "uts",
          Type.USER, "user",
          Type.CGROUP, "cgroup",
          Type.TIME, "time");

  @RegisterExtension static final Containers containers = new Containers();

  private static Container plain;
  private static Container mapped;

  /** One with namespaces of its own, and one with a user namespace that owns all of its own. */
  @BeforeAll
  static void prepare() {
    plain = sleeping().edit(JoinedNamespacesIT::withAllButUser).start();
    mapped =
        sleeping()
            .edit(spec -> UserNamespaceIT.withUserNamespace(withAllButUser(spec), MAPPINGS))
            .start();
  }

  @AfterAll
  static void remove() {
    plain.close();
    mapped.close();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MOUNT", "USER"})
  void joins_one(Type type) throws Exception {
    try (Container joining = sleeping().edit(joining(plain, type)).start()) {
      assertThat(namespace(joining, type)).isEqualTo(namespace(plain, type));
      assertThat(namespace(joining, Type.MOUNT)).isNotEqualTo(namespace(plain, Type.MOUNT));
      assertThat(joining.exec("readlink", "/proc/self/ns/" + FILES.get(type)).run().output())
          .isEqualTo(namespace(plain, type) + "\n");
    }
    assertThat(plain.process().isAlive()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MOUNT", "USER"})
  void joins_one_of_the_host_from_a_user_namespace_of_its_own(Type type) throws Exception {
    ContainerBuilder builder =
        sleeping()
            .edit(spec -> UserNamespaceIT.withUserNamespace(spec, MAPPINGS))
            .edit(joining(plain, type))
            .edit(spec -> type == Type.UTS ? spec.withHostname(null) : spec)
            .edit(spec -> without(spec, unmountable(type)));
    try (Container joining = builder.start()) {
      assertThat(namespace(joining, type)).isEqualTo(namespace(plain, type));
      assertThat(namespace(joining, Type.USER)).isNotEqualTo(namespace(plain, Type.USER));
      assertThat(Files.readString(proc(joining, "uid_map")))
          .isEqualToNormalizingWhitespace("0 100000 65536");
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOUNT")
  void joins_one_with_the_user_namespace_that_owns_it(Type type) throws Exception {
    try (Container joining = sleeping().edit(joining(mapped, type, Type.USER)).start()) {
      assertThat(namespace(joining, type)).isEqualTo(namespace(mapped, type));
      assertThat(namespace(joining, Type.USER)).isEqualTo(namespace(mapped, Type.USER));
      assertThat(joining.exec("id", "-u").run().output()).isEqualTo("0\n");
      assertThat(Files.readString(proc(joining, "status"))).contains("Uid:\t100000\t100000");
    }
  }

  @Test
  void owns_by_the_joined_user_namespace_what_is_new() throws Exception {
    // Only root of the owner of a network namespace may bring its interfaces up.
    ContainerBuilder builder =
        containers.shell("ip link show lo; hostname").edit(joining(mapped, Type.USER));
    assertThat(output(builder)).contains("<LOOPBACK,UP,LOWER_UP>").endsWith("runc");
  }

  @Test
  void joins_first_what_belongs_to_the_host_and_then_the_user_namespace() throws Exception {
    ContainerBuilder builder =
        sleeping()
            .edit(joining(mapped, Type.USER, Type.IPC))
            .edit(joining(plain, Type.NETWORK))
            .edit(spec -> without(spec, unmountable(Type.NETWORK)));
    try (Container joining = builder.start()) {
      assertThat(namespace(joining, Type.NETWORK)).isEqualTo(namespace(plain, Type.NETWORK));
      assertThat(namespace(joining, Type.IPC)).isEqualTo(namespace(mapped, Type.IPC));
      assertThat(namespace(joining, Type.USER)).isEqualTo(namespace(mapped, Type.USER));
    }
  }

  @Test
  void lives_in_a_pod() throws Exception {
    ContainerBuilder builder =
        sleeping().edit(joining(plain, Type.NETWORK, Type.IPC, Type.UTS, Type.PID));
    try (Container joining = builder.start()) {
      for (Type type : List.of(Type.NETWORK, Type.IPC, Type.UTS, Type.PID)) {
        assertThat(namespace(joining, type)).isEqualTo(namespace(plain, type));
      }
      assertThat(joining.exec("ps").run().output()).contains("1 root     sleep 1000");
      // The id that was reported is the host's, and of a child of this JVM.
      assertThat(Files.readString(proc(joining, "status")))
          .contains("PPid:\t" + ProcessHandle.current().pid());
      assertThat(joining.process().info().command().orElseThrow()).endsWith("busybox");
    }
    assertThat(plain.exec("ps").run().output().split("sleep 1000", -1)).hasSize(2);
  }

  @Test
  void ends_with_the_init_of_the_pid_namespace_that_it_joined() throws Exception {
    try (Container first = sleeping().start();
        Container second = sleeping().edit(joining(first, Type.PID)).start()) {
      first.process().destroyForcibly();
      assertThat(second.process().waitFor()).isEqualTo(137);
    }
  }

  @Test
  void sets_the_hostname_of_the_uts_namespace_that_it_joined() throws Exception {
    try (Container first = sleeping().hostname("before").start();
        Container second = sleeping().hostname("after").edit(joining(first, Type.UTS)).start()) {
      assertThat(second.exec("hostname").run().output()).isEqualTo("after\n");
      assertThat(first.exec("hostname").run().output()).isEqualTo("after\n");
    }
  }

  @Test
  void makes_its_root_in_the_mount_namespace_that_it_joins() throws Exception {
    Process holder = new ProcessBuilder("unshare", "-m", "sleep", "1000").start();
    try {
      Path namespace = Path.of("/proc", Long.toString(holder.pid()), "ns/mnt");
      Path own = Path.of("/proc/self/ns/mnt");
      Eventually.await("unshared", () -> !link(namespace).equals(link(own)));
      try (Container joining =
          sleeping().edit(spec -> joining(spec, Type.MOUNT, namespace.toString())).start()) {
        assertThat(namespace(joining, Type.MOUNT)).isEqualTo(link(namespace));
        assertThat(joining.exec("ls", "/").run().output()).startsWith("bin\ndev\n");
      }
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void may_name_a_namespace_that_it_would_inherit() throws Exception {
    for (Type type : List.of(Type.NETWORK, Type.IPC, Type.USER, Type.CGROUP, Type.TIME, Type.PID)) {
      Path own = Path.of("/proc/self/ns", FILES.get(type));
      ContainerBuilder builder =
          containers
              .container("readlink", "/proc/self/ns/" + FILES.get(type))
              .edit(spec -> joining(spec, type, "/proc/self/ns/" + FILES.get(type)));
      assertThat(output(builder)).isEqualTo(link(own));
    }
  }

  @Test
  void joins_at_once_from_many_sides() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(10)) {
      List<Future<String>> outputs = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        ContainerBuilder builder =
            containers
                .shell("readlink /proc/self/ns/net; readlink /proc/self/ns/pid")
                .edit(joining(plain, Type.NETWORK, Type.PID, Type.IPC));
        outputs.add(threads.submit(() -> output(builder)));
      }
      for (Future<String> output : outputs) {
        assertThat(output.get())
            .isEqualTo(namespace(plain, Type.NETWORK) + "\n" + namespace(plain, Type.PID));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NETWORK | /proc/self/ns/uts | /proc/self/ns/uts is a uts namespace, not a network namespace
          PID     | /proc/self/ns/net | /proc/self/ns/net is a network namespace, not a pid namespace
          USER    | /proc/self/ns/pid | /proc/self/ns/pid is a pid namespace, not a user namespace
          TIME    | /etc/passwd       | /etc/passwd is not a namespace
          IPC     | /proc             | /proc is not a namespace
          CGROUP  | /run/no/such      | /run/no/such: ENOENT (No such file or directory)
          MOUNT   | /proc/self/ns/mnt | is the host's mount namespace, whose root the container would replace
          UTS     | /proc/self/ns/uts | is the runtime's own uts namespace, whose hostname the container would change
          """)
  void refuses(Type type, String path, String reason) {
    ContainerBuilder builder = containers.container("true").edit(spec -> joining(spec, type, path));
    int last = builder.spec().linux().namespaces().size() - 1;
    assertThat(refusal(builder))
        .isEqualTo("container \"ID\": linux.namespaces[%d].path: %s", last, reason);
  }

  @Test
  void refuses_the_mount_namespace_of_the_host_from_another_one() throws Exception {
    ContainerBuilder builder =
        containers.container("true").edit(spec -> joining(spec, Type.MOUNT, "/proc/1/ns/mnt"));
    // A shell is the first process, and the JVM in a mount namespace below that one's.
    String below = "unshare --mount \"$@\"; exit";
    String output =
        ContainerJvm.withEnvironment("A", "b")
            .startedBy(
                "unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", below, "sh")
            .run(containers.directory().resolve("state"), containers.bundle(builder));
    assertThat(output)
        .endsWith(
            ": linux.namespaces[4].path: is the host's mount namespace, whose root the container"
                + " would replace");
  }

  @Test
  void sets_a_sysctl_of_the_network_that_it_joined_and_not_of_the_hosts() throws Exception {
    Map<String, String> sysctl = Map.of("net.ipv4.ip_forward", "1");
    UnaryOperator<Spec> forwarding = spec -> spec.withLinux(spec.linux().withSysctl(sysctl));
    output(containers.container("true").edit(joining(plain, Type.NETWORK)).edit(forwarding));
    assertThat(plain.exec("cat", "/proc/sys/net/ipv4/ip_forward").run().output()).isEqualTo("1\n");
    assertThat(
            refusal(
                containers
                    .container("true")
                    .edit(spec -> joining(spec, Type.NETWORK, "/proc/self/ns/net"))
                    .edit(forwarding)))
        .isEqualTo(
            "container \"ID\": linux.namespaces[4].path: is the runtime's own network namespace,"
                + " whose sysctl net.ipv4.ip_forward the container would change");
  }

  @Test
  void refuses_a_fifo_without_waiting_for_its_writer() throws Exception {
    Path fifo = containers.directory().resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    ContainerBuilder builder =
        containers.container("true").edit(spec -> joining(spec, Type.IPC, fifo.toString()));
    assertThat(refusal(builder))
        .isEqualTo("container \"ID\": linux.namespaces[4].path: " + fifo + " is not a namespace");
  }

  @Test
  void refuses_a_path_that_is_not_absolute() {
    ContainerBuilder builder =
        containers.container("true").edit(spec -> joining(spec, Type.IPC, "ns/ipc"));
    assertThat(refusal(builder))
        .isEqualTo("config.json: linux.namespaces[4].path: \"ns/ipc\" is not absolute");
  }

  @Test
  void takes_the_mappings_that_the_joined_user_namespace_has() throws Exception {
    ContainerBuilder builder =
        containers
            .container("cat", "/proc/self/uid_map")
            .edit(joining(mapped, Type.USER))
            .edit(spec -> spec.withLinux(spec.linux().withMappings(MAPPINGS, MAPPINGS)));
    assertThat(output(builder)).isEqualToNormalizingWhitespace("0 100000 65536");
  }

  @Test
  void refuses_other_mappings_than_the_joined_user_namespace_has() {
    List<IdMapping> others = List.of(new IdMapping(0, 200_000, 65_536));
    ContainerBuilder builder =
        containers
            .container("true")
            .edit(joining(mapped, Type.USER))
            .edit(spec -> spec.withLinux(spec.linux().withMappings(MAPPINGS, others)));
    assertThat(refusal(builder))
        .isEqualTo(
            "container \"ID\": linux.gidMappings: \"0 200000 65536\" is not what the user namespace"
                + " in linux.namespaces has: \"0 100000 65536\"");
  }

  @Test
  void refuses_a_user_who_is_not_mapped_in_the_joined_user_namespace() {
    ContainerBuilder builder =
        containers.container("true").edit(joining(mapped, Type.USER)).user(70_000, 0);
    assertThat(refusal(builder))
        .isEqualTo(
            "container \"ID\": set user 70000: EINVAL (Invalid argument); not mapped in the user"
                + " namespace; see linux.uidMappings");
  }

  @Test
  void t32_a_group_that_denies_access_cannot_be_dropped_in_a_joined_namespace() throws Exception {
    // With setgroups "deny", as a user without privilege has to map its group.
    Process holder = new ProcessBuilder("unshare", "-U", "sleep", "1000").start();
    try {
      Path proc = Path.of("/proc", Long.toString(holder.pid()));
      Eventually.await(
          "unshared",
          () -> !link(proc.resolve("ns/user")).equals(link(Path.of("/proc/self/ns/user"))));
      Files.writeString(proc.resolve("setgroups"), "deny");
      Files.writeString(proc.resolve("uid_map"), "0 0 1");
      Files.writeString(proc.resolve("gid_map"), "0 0 1");
      String user = proc.resolve("ns/user").toString();
      ContainerBuilder builder =
          containers
              .container("cat", "/proc/self/setgroups")
              .edit(spec -> RootlessIT.withoutGroupOfTerminals(joining(spec, Type.USER, user)));
      assertThat(output(builder)).isEqualTo("deny");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  private static ContainerBuilder sleeping() {
    return containers.container("sleep", "1000");
  }

  private static Spec withAllButUser(Spec spec) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.removeIf(each -> each.type() == Type.CGROUP);
    namespaces.add(new Namespace(Type.CGROUP));
    namespaces.add(new Namespace(Type.TIME));
    return spec.withLinux(spec.linux().withNamespaces(namespaces));
  }

  private static UnaryOperator<Spec> joining(Container other, Type... types) {
    return spec -> {
      Spec joining = spec;
      for (Type type : types) {
        joining = joining(joining, type, proc(other, "ns/" + FILES.get(type)).toString());
      }
      return joining;
    };
  }

  /** With the namespace at the end of the list, in place of another of its type. */
  static Spec joining(Spec spec, Type type, String path) {
    List<Namespace> namespaces =
        new ArrayList<>(
            spec.linux().namespaces().stream().filter(each -> each.type() != type).toList());
    namespaces.add(new Namespace(type, path));
    return spec.withLinux(spec.linux().withNamespaces(namespaces));
  }

  /** What cannot be mounted in a user namespace that does not own the namespace shown. */
  private static List<String> unmountable(Type type) {
    return switch (type) {
      case NETWORK -> List.of("sysfs", "cgroup"); // the one is mounted in the other
      case IPC -> List.of("mqueue");
      case PID -> List.of("proc");
      case CGROUP -> List.of("cgroup");
      default -> List.of();
    };
  }

  private static Spec without(Spec spec, List<String> fileSystems) {
    return spec.withMounts(
        spec.mounts().stream().filter(mount -> !fileSystems.contains(mount.type())).toList());
  }

  private static String namespace(Container container, Type type) throws IOException {
    return link(proc(container, "ns/" + FILES.get(type)));
  }

  private static Path proc(Container container, String file) {
    return Path.of("/proc", Long.toString(container.process().pid()), file);
  }

  private static String link(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
