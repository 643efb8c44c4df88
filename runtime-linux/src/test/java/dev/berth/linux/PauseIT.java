package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerException;
import dev.berth.ContainerProcess;
import dev.berth.ContainerStateException;
import dev.berth.Signal;
import dev.berth.Status;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.Operate;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers that are stopped for a while; with whichever freezer the host has. */
@RunsContainers
class PauseIT {
  /** Its processor time grows for as long as it may run. */
  private static final String BUSY = "while :; do :; done";

  @RegisterExtension static final Containers containers = new Containers();

  private static CgroupLayout layout;
  private static MountedHierarchy freezer;

  @BeforeAll
  static void look() throws IOException {
    layout =
        CgroupLayout.parse(
            Files.readString(Path.of("/proc/self/mountinfo")),
            Files.readString(Path.of("/proc/self/cgroup")));
    freezer =
        layout.hierarchies().stream()
            .filter(
                each -> layout.isV1() ? each.controllers().contains("freezer") : each.isUnified())
            .findFirst()
            .orElseThrow();
  }

  @Test
  void stops_every_process_until_it_is_resumed() throws Exception {
    try (Container container = containers.shell(BUSY).start()) {
      container.exec("sh", "-c", BUSY).start();
      container.pause();
      assertThat(container.state().status()).isEqualTo(Status.PAUSED);
      assertThat(isFrozen(container.id())).isTrue();
      assertDoesNotRun(container);

      long before = ticks(container);
      container.resume();
      assertThat(container.state().status()).isEqualTo(Status.RUNNING);
      assertThat(isFrozen(container.id())).isFalse();
      Eventually.await("it runs", () -> ticks(container) > before);
    }
  }

  @Test
  void outlives_the_jvm_that_paused_it() throws Exception {
    String id = Containers.newId();
    there("create", id);
    there("start", id);
    there("pause", id);
    Container container = containers.runtime().find(id).orElseThrow();
    assertThat(container.state().status()).isEqualTo(Status.PAUSED);
    assertThat(isFrozen(id)).isTrue();
    there("resume", id);
    assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    container.deleteForcibly();
  }

  private static void there(String verb, String id) throws IOException, InterruptedException {
    String state = containers.runtime().root().toString();
    String rootfs = containers.root().toString();
    ChildJvm.output(ChildJvm.start(Operate.class, state, rootfs, verb, id), 60);
  }

  @Test
  void a_container_that_was_not_started_can_be_paused_and_then_not_be_started() throws Exception {
    try (Container container = containers.container("sleep", "1000").create()) {
      container.pause();
      assertThat(container.state().status()).isEqualTo(Status.PAUSED);
      assertRefused(container::start, container, "cannot start: it is paused; resume it first");
      container.resume();
      assertThat(container.state().status()).isEqualTo(Status.CREATED);
      container.start();
      assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void only_what_runs_is_paused_and_only_what_is_paused_is_resumed() throws Exception {
    Container container = containers.container("sleep", "1000").start();
    assertRefused(
        container::resume, container, "cannot resume: container not paused; it is running");
    container.pause();
    assertRefused(
        container::pause, container, "cannot pause: container not running; it is paused already");
    assertRefused(
        container::delete,
        container,
        "cannot delete: it is paused (pid %d); kill it first, or delete it with force"
            .formatted(container.state().pid()));
    container.kill(Signal.KILL);
    container.process().waitFor();
    assertRefused(container::pause, container, "cannot pause: container not running");
    assertRefused(
        container::resume, container, "cannot resume: container not paused; it is stopped");
    container.delete();
  }

  @Test
  void a_signal_is_kept_until_it_goes_on_but_one_that_kills_is_not() throws Exception {
    Container container = containers.shell("trap 'exit 7' TERM; " + BUSY).start();
    Eventually.await("it runs", () -> ticks(container) > 5);
    container.pause();
    container.kill(Signal.TERM);
    assertThat(container.state().status()).isEqualTo(Status.PAUSED);
    container.resume();
    assertThat(container.process().waitFor()).isEqualTo(7);
    container.delete();

    Container killed = containers.shell(BUSY).start();
    killed.pause();
    killed.kill(Signal.KILL);
    assertThat(killed.process().waitFor()).isEqualTo(137);
    killed.delete();
  }

  @Test
  void what_is_deleted_with_force_may_be_paused() throws Exception {
    Container container = containers.shell(BUSY).start();
    container.exec("sh", "-c", BUSY).start();
    container.pause();
    container.deleteForcibly();
    assertThat(container.process().waitFor()).isEqualTo(137);
  }

  @Test
  @Timeout(60)
  void stops_processes_that_fork_all_the_time_and_kills_them() throws Exception {
    String bomb = "for i in $(seq 30); do while :; do /bin/true; done & done; wait";
    Container container = containers.shell(bomb).start();
    Eventually.await("it forks", () -> container.processes().size() > 30);
    container.pause();
    assertThat(isFrozen(container.id())).isTrue();
    List<ProcessHandle> stopped = container.processes();
    assertDoesNotRun(container);
    assertThat(container.processes()).isEqualTo(stopped);

    container.resume();
    container.killAll(Signal.KILL);
    assertThat(container.process().waitFor()).isEqualTo(137);
    Eventually.await("all are gone", () -> container.processes().isEmpty());
    container.delete();
  }

  @Test
  void a_signal_for_all_reaches_each_of_a_paused_container_later_and_a_deadly_one_at_once()
      throws Exception {
    Container container = containers.container("sleep", "1000").start();
    // One without a handler may end at once: cgroup v2 does not keep what is deadly.
    ContainerProcess further = container.exec("sh", "-c", "trap 'exit 7' TERM; " + BUSY).start();
    Eventually.await("it runs", () -> ticks(container) > 5);
    container.pause();
    container.killAll(Signal.TERM);
    assertThat(container.state().status()).isEqualTo(Status.PAUSED);
    assertThat(further.isAlive()).isTrue();
    container.resume();
    assertThat(further.waitFor()).isEqualTo(7);
    container.pause();
    container.killAll(Signal.KILL);
    assertThat(container.process().waitFor()).isEqualTo(137);
    container.delete();
  }

  @Test
  void is_not_resumed_below_a_cgroup_that_somebody_else_has_frozen() throws Exception {
    String above = Containers.newId();
    try (Container container =
        containers
            .container("sleep", "1000")
            .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath("/" + above + "/inside")))
            .start()) {
      freeze(above, true);
      try {
        Eventually.await("it is frozen", () -> isFrozen(above));
        assertThat(container.state().status()).isEqualTo(Status.PAUSED);
        assertThatThrownBy(container::resume)
            .isExactlyInstanceOf(ContainerException.class)
            .hasMessage(
                "container \"%s\": cgroup \"/%s/inside\": thaw: its processes do not go on; a cgroup above"
                    + " it is frozen: thaw that",
                container.id(), above);
      } finally {
        freeze(above, false);
      }
      assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  private static void assertRefused(Runnable operation, Container container, String problem) {
    assertThatThrownBy(operation::run)
        .isInstanceOf(ContainerStateException.class)
        .hasMessage("container \"%s\": %s", container.id(), problem);
  }

  private static void assertDoesNotRun(Container container) throws InterruptedException {
    long before = ticks(container);
    Thread.sleep(100);
    assertThat(ticks(container)).isEqualTo(before);
  }

  /** The processor time of all its processes, proc_pid_stat(5), fields 14 and 15. */
  private static long ticks(Container container) {
    long sum = 0;
    for (ProcessHandle process : container.processes()) {
      String stat = read(Path.of("/proc/" + process.pid() + "/stat"));
      if (!stat.isEmpty()) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        sum += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      }
    }
    return sum;
  }

  private static boolean isFrozen(String cgroup) {
    Path directory = Path.of(freezer.mountPoint(), cgroup);
    return layout.isV1()
        ? read(directory.resolve("freezer.state")).equals("FROZEN\n")
        : read(directory.resolve("cgroup.events")).contains("frozen 1");
  }

  private static void freeze(String cgroup, boolean frozen) throws IOException {
    Path directory = Path.of(freezer.mountPoint(), cgroup);
    if (layout.isV1()) {
      Files.writeString(directory.resolve("freezer.state"), frozen ? "FROZEN" : "THAWED");
    } else {
      Files.writeString(directory.resolve("cgroup.freeze"), frozen ? "1" : "0");
    }
  }

  /** Of a process that has just ended, nothing. */
  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      if (file.startsWith("/proc")) {
        return "";
      }
      throw new UncheckedIOException(e);
    }
  }
}
