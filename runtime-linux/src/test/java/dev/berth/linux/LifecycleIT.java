package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.berth.Bundle;
import dev.berth.Container;
import dev.berth.ContainerExistsException;
import dev.berth.ContainerNotFoundException;
import dev.berth.ContainerProcess;
import dev.berth.ContainerSetupException;
import dev.berth.ContainerStateException;
import dev.berth.Limits;
import dev.berth.Result;
import dev.berth.Signal;
import dev.berth.State;
import dev.berth.Status;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@RunsContainers
class LifecycleIT {
  @RegisterExtension final Workspace workspace = new Workspace();

  private Container created(String name) {
    return workspace.container(name, "sleep", "1000").create();
  }

  private Container running(String name) {
    return workspace.container(name, "sleep", "1000").start();
  }

  private Container stopped(String name) throws InterruptedException {
    Container container = workspace.container(name, "true").start();
    container.process().waitFor();
    return container;
  }

  private void assertRefused(Status status, String problem, ThrowingCallable operation) {
    assertThatThrownBy(operation)
        .isInstanceOfSatisfying(
            ContainerStateException.class, e -> assertThat(e.status()).isEqualTo(status))
        .hasMessage("container \"%s\": %s", workspace.id("a"), problem);
  }

  @Test
  void a_container_is_created_then_running_then_stopped_then_gone() throws Exception {
    Instant before = Instant.now();
    Container container =
        workspace.container("a", "sleep", "1000").edit(spec -> spec.withHostname("a")).create();
    State created = container.state();
    assertThat(created)
        .isEqualTo(
            new State(
                "1.3.0",
                workspace.id("a"),
                Status.CREATED,
                container.process().pid(),
                workspace.state("a"),
                workspace.rootfs(),
                created.created(),
                "root",
                container.spec().annotations()));
    assertThat(created.created()).isBetween(before, Instant.now());

    container.start();
    assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    assertThat(container.state().pid()).isEqualTo(created.pid());

    container.kill(Signal.KILL);
    assertThat(container.process().waitFor()).isEqualTo(137);
    assertThat(container.state().status()).isEqualTo(Status.STOPPED);
    assertThat(container.state().pid()).isZero();

    container.delete();
    assertThat(workspace.runtime().find(workspace.id("a"))).isEmpty();
    assertThat(workspace.state("a")).doesNotExist();
  }

  @Test
  void a_created_container_has_not_begun_its_program() throws Exception {
    Path seen = workspace.rootfs().resolve("seen");
    try (Container container = workspace.container("a", "touch", "/seen").writable().create()) {
      assertThat(Files.readString(Path.of("/proc/" + container.process().pid() + "/comm")))
          .startsWith("berth");
      assertThat(container.process().isAlive()).isTrue();
      assertThat(seen).doesNotExist();
      container.start();
      assertThat(container.process().waitFor()).isZero();
      assertThat(seen).exists();
    }
  }

  @Test
  void keeps_what_is_needed_to_find_the_container_again() throws IOException {
    try (Container container = running("a")) {
      Path cgroup = Path.of("/" + workspace.id("a"));
      assertThat(Files.readString(workspace.state("a").resolve("state.json")))
          .startsWith(
              "{\"ociVersion\":\"1.3.0\",\"id\":\"%s\",\"pid\":%d,\"startTime\":%s,"
                      .formatted(
                          container.id(), container.process().pid(), startTime(container.process()))
                  + "\"bundle\":\"%s\",\"rootfs\":\"%s\",\"created\":\"%s\",\"owner\":\"root\","
                      .formatted(
                          workspace.state("a"), workspace.rootfs(), container.state().created())
                  + "\"annotations\":{},\"cgroupPath\":\"%s\",".formatted(cgroup));
    }
  }

  private static String startTime(ContainerProcess process) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
  }

  @Test
  void runs_two_at_once_each_with_its_own_processes() {
    try (Container a = running("a");
        Container b = running("b")) {
      assertThat(workspace.runtime().containers())
          .extracting(Container::id)
          .containsExactly(a.id(), b.id());
      assertThat(a.processes()).extracting(ProcessHandle::pid).containsExactly(a.process().pid());
      assertThat(b.processes()).extracting(ProcessHandle::pid).containsExactly(b.process().pid());
    }
  }

  @Test
  void lists_further_processes_and_signals_all_of_them() throws Exception {
    try (Container container = running("a")) {
      ContainerProcess further = container.exec("sleep", "1001").start();
      assertThat(container.processes())
          .extracting(ProcessHandle::pid)
          .containsExactlyInAnyOrder(container.process().pid(), further.pid());
      container.killAll(Signal.KILL);
      assertThat(container.process().waitFor()).isEqualTo(137);
      assertThat(further.waitFor()).isEqualTo(137);
      Eventually.await("no processes", () -> container.processes().isEmpty());
      container.killAll(Signal.KILL);
    }
  }

  @Test
  void an_exec_runs_beside_the_first_process() throws Exception {
    try (Container container = running("a")) {
      Result ps = container.exec("ps", "-o", "pid,args").run().orThrow();
      assertThat(ps.output()).containsPattern("(?m)^ +1 sleep 1000$").contains("ps -o pid,args");
      assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void an_exec_is_possible_before_the_start() throws Exception {
    try (Container container = created("a")) {
      assertThat(container.exec("echo", "early").run().orThrow().output()).isEqualTo("early\n");
      assertThat(container.state().status()).isEqualTo(Status.CREATED);
    }
  }

  @Test
  void refuses_a_second_start() {
    try (Container container = running("a")) {
      assertRefused(
          Status.RUNNING,
          "already running (pid %d); use exec for a further command"
              .formatted(container.process().pid()),
          container::start);
    }
  }

  @Test
  void refuses_to_start_what_has_stopped() throws Exception {
    try (Container container = stopped("a")) {
      assertRefused(
          Status.STOPPED,
          "cannot start: it has stopped; delete it and create it anew",
          container::start);
    }
  }

  @Test
  void refuses_to_start_what_was_killed_before() throws Exception {
    try (Container container = created("a")) {
      container.kill(Signal.KILL);
      assertThat(container.process().waitFor()).isEqualTo(137);
      assertRefused(
          Status.STOPPED,
          "cannot start: it has stopped; delete it and create it anew",
          container::start);
    }
  }

  @Test
  void refuses_to_delete_what_runs() {
    try (Container container = running("a")) {
      assertRefused(
          Status.RUNNING,
          "cannot delete: it is running (pid %d); kill it first, or delete it with force"
              .formatted(container.process().pid()),
          container::delete);
      assertThat(container.process().isAlive()).isTrue();
    }
  }

  @Test
  void refuses_to_delete_what_waits_for_its_start() {
    try (Container container = created("a")) {
      assertRefused(
          Status.CREATED,
          "cannot delete: it is created (pid %d); kill it first, or delete it with force"
              .formatted(container.process().pid()),
          container::delete);
    }
  }

  @Test
  void refuses_a_signal_to_and_an_exec_in_what_has_stopped() throws Exception {
    try (Container container = stopped("a")) {
      assertRefused(
          Status.STOPPED,
          "cannot send a signal: container not running",
          () -> container.kill(Signal.TERM));
      assertRefused(
          Status.STOPPED,
          "cannot exec: container not running",
          () -> container.exec("true").start());
    }
  }

  @Test
  void refuses_an_id_that_is_taken_and_leaves_its_owner_alone() {
    try (Container container = running("a")) {
      assertThatThrownBy(() -> created("a"))
          .isInstanceOf(ContainerExistsException.class)
          .hasMessage(
              "container \"%s\": a container with this id already exists", workspace.id("a"));
      assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void says_of_each_operation_on_a_deleted_container_that_it_does_not_exist() throws Exception {
    Container gone = stopped("a");
    gone.delete();
    List<ThrowingCallable> operations =
        List.of(
            gone::state,
            gone::start,
            () -> gone.kill(Signal.TERM),
            () -> gone.killAll(Signal.TERM),
            gone::delete,
            gone::processes,
            () -> gone.exec("true").start());
    for (ThrowingCallable operation : operations) {
      assertThatThrownBy(operation)
          .isInstanceOf(ContainerNotFoundException.class)
          .hasMessage("container \"%s\": does not exist", workspace.id("a"));
    }
    assertThat(gone.process().exitValue()).isZero();
    gone.deleteForcibly();
    gone.close();
  }

  @Test
  void finds_nothing_where_nothing_was_made() {
    assertThat(workspace.runtime().find("nobody")).isEmpty();
    assertThat(workspace.runtime().containers()).isEmpty();
  }

  @Test
  void close_kills_and_deletes_what_was_made_attached() throws Exception {
    Container container = running("a");
    ContainerProcess further = container.exec("sleep", "1001").start();
    container.close();
    assertThat(container.process().waitFor()).isEqualTo(137);
    assertThat(further.waitFor()).isEqualTo(137);
    assertThat(workspace.runtime().containers()).isEmpty();
    container.close();
  }

  @Test
  void close_lets_go_of_what_was_made_detached_and_of_what_was_found() {
    Container made = workspace.container("a", "sleep", "1000").detached().start();
    made.close();
    Container found = workspace.runtime().find(workspace.id("a")).orElseThrow();
    found.close();
    assertThat(found.state().status()).isEqualTo(Status.RUNNING);
    found.deleteForcibly();
  }

  @Test
  void close_of_what_somebody_else_deleted_does_nothing() {
    Container made = running("a");
    workspace.runtime().find(workspace.id("a")).orElseThrow().deleteForcibly();
    made.close();
  }

  @Test
  void close_spares_a_later_container_with_the_same_id() {
    Container first = running("a");
    first.deleteForcibly();
    try (Container second = running("a")) {
      first.close();
      assertThat(second.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void a_start_that_fails_leaves_nothing() {
    assertThatThrownBy(() -> workspace.container("a", "/no/such").start())
        .hasMessage(
            "container \"%s\": find program /no/such: ENOENT (No such file or directory);"
                + " no such file in the container's root",
            workspace.id("a"));
    assertThat(workspace.runtime().containers()).isEmpty();
  }

  @Test
  void a_found_container_shares_the_process_of_the_one_that_was_made_here() throws Exception {
    Container made = workspace.container("a", "sh", "-c", "exit 7").detached().create();
    Container found = workspace.runtime().find(workspace.id("a")).orElseThrow();
    found.start();
    assertThat(found.process().waitFor()).isEqualTo(7);
    assertThat(found.process()).isSameAs(made.process());
    assertThat(found.process().usage().orElseThrow().wall()).isLessThan(Duration.ofSeconds(30));
    Container afterwards = workspace.runtime().find(workspace.id("a")).orElseThrow();
    assertThat(afterwards.process().exitValue()).isEqualTo(7);
    afterwards.delete();
  }

  @Test
  void the_state_has_the_version_and_the_annotations_of_the_configuration() {
    UnaryOperator<Spec> older =
        spec ->
            new Spec(
                "1.0.2",
                spec.process(),
                spec.root(),
                spec.hostname(),
                spec.domainname(),
                spec.mounts(),
                spec.hooks(),
                Map.of("org.example.key", "value"),
                spec.linux());
    try (Container container = workspace.container("a", "true").edit(older).create()) {
      assertThat(container.state().ociVersion()).isEqualTo("1.0.2");
      assertThat(container.state().annotations()).containsOnly(entry("org.example.key", "value"));
    }
  }

  @Test
  void a_user_namespace_has_the_ids_of_the_configuration() throws Exception {
    UnaryOperator<Spec> own =
        spec -> {
          List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
          namespaces.add(new Namespace(Namespace.Type.USER));
          return spec.withLinux(
              spec.linux()
                  .withNamespaces(namespaces)
                  .withMappings(
                      List.of(new IdMapping(0, 100_000, 65_536)),
                      List.of(new IdMapping(0, 200_000, 65_000))));
        };
    Result maps =
        workspace
            .container("a", "cat", "/proc/self/uid_map", "/proc/self/gid_map")
            .edit(own)
            .run()
            .orThrow();
    assertThat(maps.output().replaceAll(" +", " ")).isEqualTo(" 0 100000 65536\n 0 200000 65000\n");
  }

  @Test
  void says_that_there_is_too_little_memory_to_begin_with() {
    assertThatThrownBy(() -> workspace.container("a", "true").limits(tooLittle()).create())
        .isInstanceOf(ContainerSetupException.class)
        .hasMessageStartingWith("container \"%s\": ".formatted(workspace.id("a")))
        .hasMessageEndingWith(
            "; the kernel killed it, for its cgroup ran out of memory: raise"
                + " linux.resources.memory.limit");
    assertThat(workspace.runtime().containers()).isEmpty();
  }

  /** Less than the pages that an exec takes. */
  private static Limits tooLittle() {
    return Limits.NONE.memory(64 << 10);
  }

  @Test
  void later_changes_of_the_bundle_do_not_matter() throws Exception {
    Path bundle = workspace.file("bundle");
    Bundle.create(bundle, workspace.container("a", "sleep", "1000").environment("A", "1").spec());
    try (Container container =
        workspace.runtime().container(workspace.id("a")).bundle(bundle).create()) {
      Files.writeString(bundle.resolve("config.json"), "{}");
      container.start();
      assertThat(container.state().bundle()).isEqualTo(bundle);
      assertThat(container.exec("sh", "-c", "echo $A").run().output()).isEqualTo("1\n");
      assertThat(container.spec().process().args()).containsExactly("sleep", "1000");
    }
  }
}
