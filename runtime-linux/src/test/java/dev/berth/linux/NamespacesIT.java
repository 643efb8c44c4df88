package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.seeingCgroups;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Memfd;
import dev.berth.linux.sys.SyscallException;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container of the default configuration shares with its host, and what it does not. */
@RunsContainers
class NamespacesIT {
  @RegisterExtension static final Containers containers = new Containers();

  @ParameterizedTest
  @ValueSource(strings = {"pid", "net", "ipc", "uts", "mnt"})
  void has_its_own(String namespace) throws Exception {
    assertThat(inside(containers.container(), namespace)).isNotEqualTo(host(namespace));
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "cgroup", "time"})
  void shares_the_one_of_the_host(String namespace) throws Exception {
    assertThat(inside(seeingCgroups(containers.container()), namespace)).isEqualTo(host(namespace));
  }

  @Test
  void has_a_cgroup_namespace_by_default_with_cgroup_v2_alone() throws Exception {
    boolean shared = inside(containers.container(), "cgroup").equals(host("cgroup"));
    assertThat(shared).isEqualTo(!CgroupLayout.ofThisProcess().isV2());
  }

  @Test
  void has_a_cgroup_namespace_if_configured() throws Exception {
    String links = "readlink /proc/self/ns/cgroup; cat /proc/self/cgroup";
    List<String> lines = output(withCgroupNamespace(containers.shell(links))).lines().toList();
    assertThat(lines.getFirst()).isNotEqualTo(host("cgroup"));
    // hierarchy-ID:controller-list:cgroup-path; the namespace's root is the container's own cgroup
    assertThat(lines.subList(1, lines.size())).isNotEmpty().allMatch(line -> line.endsWith(":/"));
  }

  @Test
  void is_in_the_cgroup_of_its_own_id() throws Exception {
    String id = Containers.newId();
    ContainerBuilder builder =
        containers
            .runtime()
            .container(id)
            .rootfs(containers.root())
            .command("cat", "/proc/1/cgroup");
    assertThat(output(seeingCgroups(builder)).lines())
        .isNotEmpty()
        .allMatch(line -> line.endsWith("/" + id));
  }

  @Test
  void sees_only_its_own_processes_and_is_the_first() throws Exception {
    assertThat(containers.output("echo $$; echo /proc/[0-9]*")).isEqualTo("1\n/proc/1");
  }

  @Test
  void has_the_configured_hostname() throws Exception {
    String before = Files.readString(Path.of("/proc/sys/kernel/hostname"));
    assertThat(output(containers.container("hostname").hostname("harbour"))).isEqualTo("harbour");
    assertThat(Path.of("/proc/sys/kernel/hostname")).hasContent(before);
  }

  @Test
  void has_no_network_interface_but_lo_which_is_up() throws Exception {
    assertThat(containers.output("ls /sys/class/net; ip -o address show"))
        .startsWith("lo\n1: lo    inet 127.0.0.1/8 scope host lo")
        .contains("inet6 ::1/128");
    // IFF_UP
    assertThat(containers.output("echo $(($(cat /sys/class/net/lo/flags) & 1))")).isEqualTo("1");
  }

  @Test
  void waits_as_a_sealed_copy_of_the_stub_that_nobody_can_write() throws Exception {
    try (Container created = containers.container("true").create()) {
      Path exe = Path.of("/proc", Long.toString(created.process().pid()), "exe");
      assertThat(Files.readSymbolicLink(exe).toString()).startsWith("/memfd:");
      try (Fd stub = Directories.open(exe.toString(), Directories.O_RDONLY, 0)) {
        int seals =
            Memfd.F_SEAL_SEAL | Memfd.F_SEAL_SHRINK | Memfd.F_SEAL_GROW | Memfd.F_SEAL_WRITE;
        assertThat(Descriptors.fcntl(stub, Memfd.F_GET_SEALS, 0) & seals).isEqualTo(seals);
      }
      for (int flags : new int[] {Directories.O_WRONLY | Directories.O_TRUNC, Directories.O_RDWR}) {
        assertThat(catchErrno(exe, flags)).isIn(Errno.ETXTBSY, Errno.EPERM);
      }
    }
  }

  private static Errno catchErrno(Path file, int flags) {
    try (Fd opened = Directories.open(file.toString(), flags, 0)) {
      throw new AssertionError("opened " + opened.number());
    } catch (SyscallException refused) {
      return refused.errno();
    }
  }

  @Test
  void is_the_program_after_the_start() throws Exception {
    try (Container running = containers.container("sleep", "1000").start()) {
      Path exe = Path.of("/proc", Long.toString(running.process().pid()), "exe");
      assertThat(Files.readSymbolicLink(exe)).hasFileName("busybox");
    }
  }

  static ContainerBuilder withCgroupNamespace(ContainerBuilder builder) {
    return seeingCgroups(builder)
        .edit(spec -> {
          List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
          namespaces.add(new Namespace(Namespace.Type.CGROUP));
          return spec.withLinux(spec.linux().withNamespaces(namespaces));
        });
  }

  private static String inside(ContainerBuilder builder, String namespace)
      throws InterruptedException {
    return output(builder.command("readlink", "/proc/self/ns/" + namespace));
  }

  private static String host(String namespace) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/ns", namespace)).toString();
  }
}
