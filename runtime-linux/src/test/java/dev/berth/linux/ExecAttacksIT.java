package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerSetupException;
import dev.berth.ContainerStateException;
import dev.berth.InvalidSpecException;
import dev.berth.Signal;
import dev.berth.core.spec.Capability;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import dev.berth.linux.testing.Workspace;
import dev.berth.spec.Capabilities;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on exec, and by way of it: from inside the container, and by what is asked for. */
@RunsContainers
class ExecAttacksIT {
  private static final int EXECS = 1000;
  private static final List<IdMapping> MAPPINGS = List.of(new IdMapping(0, 100_000, 65_536));

  private static final List<String> HARMLESS =
      List.of(
          "caught /proc/\\d+/exe -> /memfd:berth \\(deleted\\)",
          "caught /proc/\\d+/fd/3 -> socket:\\[\\d+]",
          "caught /proc/\\d+/fd/[45] -> (pipe:\\[\\d+]|opened)",
          "caught /proc/\\d+/fd/\\d+ -> /etc/passwd", // the container's own, for HOME
          "looks some, hidden (some|none), programs some");

  @RegisterExtension final Workspace workspace = new Workspace();

  private Container running() {
    return workspace.container("a", "sleep", "1000").start();
  }

  // CVE-2016-3697
  @Test
  void t01_a_number_is_an_id_though_a_user_has_it_for_a_name() throws Exception {
    Files.writeString(workspace.rootfs().resolve("etc/passwd"), "1000:x:0:0:root:/root:/bin/sh\n");
    Files.writeString(workspace.rootfs().resolve("etc/group"), "1000:x:0:\n");
    assertThat(
            workspace.container("b", "id", "-u").user(1000, 1000).run().orThrow().output().strip())
        .isEqualTo("1000");
    try (Container container = running()) {
      assertThat(container.exec("id", "-u").user(1000, 1000).run().orThrow().output().strip())
          .isEqualTo("1000");
      assertThat(container.exec("id", "-g").user(1000, 1000).run().orThrow().output().strip())
          .isEqualTo("1000");
    }
  }

  // CVE-2016-9962
  @Test
  void t02_root_of_a_container_sees_nothing_of_what_joins_it() throws Exception {
    assertPeeperCatchesNothing(UnaryOperator.identity());
  }

  /**
   * The strongest that a container's root can be without being the host's. All that keeps it out is
   * that the stub is not dumpable: its own capabilities are no more than these.
   */
  @Test
  void t02_t03_root_of_a_user_namespace_that_may_trace_sees_nothing_of_what_joins_it()
      throws Exception {
    assertPeeperCatchesNothing(ExecAttacksIT::withAllCapabilitiesOfItsOwn);
  }

  /**
   * Against CAP_SYS_PTRACE in the host's own user namespace the kernel has no defence. What there
   * is to see is the stub, which is sealed, and its socket, which cannot be opened.
   */
  @Test
  void t02_who_may_trace_the_hosts_processes_sees_the_sealed_stub_and_no_file_of_the_host()
      throws Exception {
    assertThat(caught(ExecAttacksIT::withPtrace))
        .allMatch(line -> HARMLESS.stream().anyMatch(line::matches));
  }

  private static Spec withPtrace(Spec spec) {
    List<String> ptrace = List.of("CAP_SYS_PTRACE");
    return spec.withProcess(
        spec.process()
            .withCapabilities(new Capabilities(ptrace, ptrace, List.of(), ptrace, List.of())));
  }

  private void assertPeeperCatchesNothing(UnaryOperator<Spec> change) throws Exception {
    assertThat(caught(change)).containsExactly("looks some, hidden some, programs some");
  }

  private List<String> caught(UnaryOperator<Spec> change) throws Exception {
    Files.copy(TestProgram.get("peeper"), workspace.rootfs().resolve("bin/peeper"));
    ContainerBuilder builder = workspace.container("a", "/bin/peeper", "/bin/busybox").edit(change);
    try (Container container = builder.start();
        BufferedReader output = container.process().inputReader()) {
      assertThat(output.readLine()).isEqualTo("looking");
      for (int i = 0; i < EXECS; i++) {
        assertThat(container.exec("true").run().exitValue()).isZero();
      }
      container.kill(Signal.TERM);
      return output.lines().toList();
    }
  }

  private static Spec withAllCapabilitiesOfItsOwn(Spec spec) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.add(new Namespace(Namespace.Type.USER));
    List<String> all = Stream.of(Capability.values()).map(Capability::name).toList();
    ProcessSpec process =
        spec.process().withCapabilities(new Capabilities(all, all, List.of(), all, List.of()));
    return spec.withProcess(process)
        .withLinux(spec.linux().withNamespaces(namespaces).withMappings(MAPPINGS, MAPPINGS));
  }

  // CVE-2026-30892: what setresuid(2) takes for "leave it as it is" would leave root.
  @ParameterizedTest
  @ValueSource(longs = {-1, 4294967295L, 4294967296L, Long.MAX_VALUE, Long.MIN_VALUE})
  void t29_an_id_that_is_none_is_refused(long id) {
    try (Container container = running()) {
      for (User user :
          List.of(
              new User(id, 1, null, List.of()),
              new User(1, id, null, List.of()),
              new User(1, 1, null, List.of(id)))) {
        ProcessSpec process = container.spec().process().withArgs(List.of("id")).withUser(user);
        assertThatThrownBy(() -> container.exec(process).start())
            .isInstanceOf(InvalidSpecException.class)
            .hasMessageContaining("process.user.");
      }
    }
  }

  @Test
  void t29_the_greatest_id_is_what_it_says() throws Exception {
    try (Container container = running()) {
      User user = new User(4294967294L, 4294967294L, null, List.of());
      ProcessSpec process = container.spec().process().withArgs(List.of("id", "-u")).withUser(user);
      assertThat(container.exec(process).run().orThrow().output()).isEqualTo("4294967294\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../x", "/..", "sub/../..", "sub/../../other", "./../x"})
  void t31_no_cgroup_outside_the_containers_can_be_named(String path) {
    try (Container container = running()) {
      assertThatThrownBy(() -> container.exec("true").cgroup(path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "cgroup \"%s\": '..' is not allowed; name a cgroup inside the container's", path);
      assertThatThrownBy(() -> container.exec("true").cgroup("cpu", path))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void t31_an_absolute_cgroup_is_one_inside_the_containers() {
    try (Container container = running();
        Container other = workspace.container("b", "sleep", "1000").start()) {
      assertThatThrownBy(() -> container.exec("true").cgroup("/" + other.id()).start())
          .isInstanceOf(ContainerSetupException.class)
          .hasMessageContaining("cgroup \"/%s/%s\": open ".formatted(container.id(), other.id()));
    }
  }

  /** A path that is compared as text would be within {@code /…/a} if it begins alike. */
  @Test
  void t31_a_cgroup_beside_the_containers_whose_name_begins_alike_is_not_joined() throws Exception {
    String parent = "/" + workspace.id("parent");
    try (Container container = at(parent + "/a", "a");
        Container beside = at(parent + "/ab", "b")) {
      for (String path : List.of("b", "/b", parent + "/ab", "ab", "./b/.")) {
        assertThatThrownBy(() -> container.exec("true").cgroup(path).start())
            .isInstanceOf(ContainerSetupException.class)
            .hasMessageContaining("cgroup \"%s/a/".formatted(parent))
            .hasMessageContaining("a process can only join a cgroup that is there");
      }
      Process joined = container.exec("sleep", "1000").start();
      assertThat(Files.readAllLines(Path.of("/proc/" + joined.pid() + "/cgroup")))
          .filteredOn(line -> line.contains(parent))
          .isNotEmpty()
          .allMatch(line -> line.endsWith(":" + parent + "/a"));
      joined.destroyForcibly().waitFor();
      assertThat(beside.processes()).hasSize(1);
    }
  }

  private Container at(String cgroup, String name) {
    return workspace
        .container(name, "sleep", "1000")
        .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(cgroup)))
        .start();
  }

  @Test
  void t40_a_process_that_has_the_pid_by_now_is_neither_joined_nor_killed() throws Exception {
    Process foreign = new ProcessBuilder("sleep", "1000").start();
    try (Container container = workspace.container("a", "true").start()) {
      container.process().waitFor();
      Path state = workspace.state("a").resolve("state.json");
      Files.writeString(
          state,
          Files.readString(state)
              .replaceFirst(
                  "\"pid\":\\d+,\"startTime\":\\d+",
                  "\"pid\":%d,\"startTime\":1".formatted(foreign.pid())));
      Container found = workspace.runtime().find(workspace.id("a")).orElseThrow();
      assertThatThrownBy(() -> found.exec("true").start())
          .isInstanceOf(ContainerStateException.class)
          .hasMessage("container \"%s\": cannot exec: container not running", container.id());
      assertThatThrownBy(() -> found.kill(Signal.KILL)).isInstanceOf(ContainerStateException.class);
      found.deleteForcibly();
      assertThat(foreign.isAlive()).isTrue();
    } finally {
      foreign.destroyForcibly().waitFor();
    }
  }
}
