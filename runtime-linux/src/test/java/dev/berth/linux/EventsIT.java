package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerEvent;
import dev.berth.ContainerEvent.Deleted;
import dev.berth.ContainerEvent.Emptied;
import dev.berth.ContainerEvent.Exited;
import dev.berth.ContainerEvent.OutOfMemory;
import dev.berth.ContainerEvent.Paused;
import dev.berth.ContainerEvent.PidsLimitReached;
import dev.berth.ContainerEvent.Resumed;
import dev.berth.ContainerEvents.Listening;
import dev.berth.ContainerNotFoundException;
import dev.berth.Ending;
import dev.berth.Limits;
import dev.berth.MemoryKills;
import dev.berth.Signal;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.Operate;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens to containers is told. With cgroup v1 beside v2, and with v2 alone. */
@RunsContainers
class EventsIT {
  private static final long LIMIT = 16 << 20;
  private static final String TOO_MUCH = "dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null";
  private static final String ONE_EACH_LINE =
      "while read line && [ -z \"$line\" ]; do " + TOO_MUCH + "; done; exit 3";
  private static final Path UNIFIED =
      Files.exists(Path.of("/sys/fs/cgroup/cgroup.procs"))
          ? Path.of("/sys/fs/cgroup")
          : Path.of("/sys/fs/cgroup/unified");

  @RegisterExtension final Workspace workspace = new Workspace();

  private final List<ContainerEvent> events = new CopyOnWriteArrayList<>();

  private ContainerBuilder limited(String name, String script) {
    return workspace.container(name, "sh", "-c", script).limits(Limits.NONE.memory(LIMIT).swap(0));
  }

  private void await(ContainerEvent... expected) throws InterruptedException {
    Eventually.await(
        List.of(expected) + " among " + events, () -> events.size() >= expected.length);
    assertThat(events).containsExactly(expected);
  }

  private ContainerEvent killed(String name, int all, int more) {
    MemoryKills kills = new MemoryKills(all, 0, MemoryKills.Limit.MEMORY, OptionalLong.of(LIMIT));
    return new OutOfMemory(workspace.id(name), kills, more);
  }

  private ContainerEvent exited(String name, Ending ending) {
    return new Exited(workspace.id(name), ending);
  }

  private ContainerEvent emptied(String name) {
    return new Emptied(workspace.id(name));
  }

  private ContainerEvent deleted(String name) {
    return new Deleted(workspace.id(name));
  }

  @Test
  void each_child_that_is_killed_for_its_memory_and_then_the_end() throws Exception {
    Container container = limited("a", ONE_EACH_LINE).create();
    try (container;
        Listening _ = container.events().listen(events::add);
        Writer input = container.process().outputWriter()) {
      container.start();
      for (int i = 1; i <= 3; i++) {
        input.write("\n");
        input.flush();
        int kills = i;
        Eventually.await(i + " kills", () -> events.size() == kills);
      }
      await(killed("a", 1, 1), killed("a", 2, 1), killed("a", 3, 1));
      assertThat(container.process().isAlive()).isTrue();
      input.write("end\n");
      input.flush();
      container.process().waitFor();
      Eventually.await("it is empty", () -> events.size() == 5);
    }
    assertThat(events.subList(3, 5))
        .containsExactlyInAnyOrder(exited("a", new Ending.Exited(3)), emptied("a"));
  }

  @Test
  void a_program_that_is_killed_for_its_memory() throws Exception {
    Container container = limited("a", "exec " + TOO_MUCH).create();
    try (Listening _ = container.events().listen(events::add)) {
      container.start();
      container.process().waitFor();
      container.close();
      MemoryKills kills = new MemoryKills(1, 0, MemoryKills.Limit.MEMORY, OptionalLong.of(LIMIT));
      Eventually.await("deleted", () -> events.contains(deleted("a")));
      assertThat(events.getFirst()).isEqualTo(killed("a", 1, 1));
      assertThat(events)
          .containsExactlyInAnyOrder(
              killed("a", 1, 1),
              exited("a", new Ending.OutOfMemory(kills)),
              emptied("a"),
              deleted("a"));
      assertThat(events.getLast()).isEqualTo(deleted("a"));
    }
  }

  @Test
  void who_comes_late_is_told_first_what_is_so() throws Exception {
    try (Container container = limited("a", TOO_MUCH + "; exit 3").start()) {
      container.process().waitFor();
      Eventually.await("it is empty", () -> container.processes().isEmpty());
      try (Listening _ = container.events().listen(events::add)) {
        await(killed("a", 1, 1), exited("a", new Ending.Exited(3)), emptied("a"));
      }
    }
  }

  @Test
  void all_containers_of_a_runtime_also_those_that_are_made_later() throws Exception {
    try (Container first = limited("a", "exit 1").create();
        Listening _ = workspace.runtime().events().listen(events::add)) {
      first.start();
      first.process().waitFor();
      limited("b", "exit 2").run();
      limited("b", "exit 3").run();
      Eventually.await("8 events", () -> events.size() >= 8);
    }
    assertThat(events.stream().filter(Exited.class::isInstance))
        .containsExactly(
            exited("a", new Ending.Exited(1)),
            exited("b", new Ending.Exited(2)),
            exited("b", new Ending.Exited(3)));
    assertThat(events.stream().filter(deleted("b")::equals)).hasSize(2);
  }

  @Test
  void a_container_that_another_jvm_made_and_deletes() throws Exception {
    ChildJvm.output(operate("create"), 60);
    Container found = workspace.runtime().find(workspace.id("a")).orElseThrow();
    try (Listening _ = found.events().listen(events::add)) {
      ChildJvm.output(operate("start"), 60);
      ChildJvm.output(operate("delete"), 60);
      Eventually.await("3 events", () -> events.size() >= 3);
      assertThat(events)
          .hasSize(3)
          .contains(emptied("a"), deleted("a"))
          .anySatisfy(event -> assertThat(event).isInstanceOf(Exited.class));
      assertThat(events.getLast()).isEqualTo(deleted("a"));
    }
  }

  private Process operate(String verb) throws IOException {
    return ChildJvm.start(
        Operate.class,
        workspace.root().toString(),
        workspace.rootfs().toString(),
        verb,
        workspace.id("a"));
  }

  @Test
  void who_pauses_a_container_and_lets_it_go_on() throws Exception {
    try (Container container = workspace.container("a", "sleep", "1000").start();
        Listening _ = container.events().listen(events::add)) {
      Path freeze = UNIFIED.resolve(workspace.id("a")).resolve("cgroup.freeze");
      Files.writeString(freeze, "1");
      await(new Paused(workspace.id("a")));
      Files.writeString(freeze, "0");
      await(new Paused(workspace.id("a")), new Resumed(workspace.id("a")));
    }
  }

  @Test
  void processes_that_are_too_many() throws Exception {
    assumeTrue(
        Files.exists(Path.of("/sys/fs/cgroup/cgroup.procs")), "version 1 does not tell of it");
    ContainerBuilder builder =
        workspace.container(
            "a", "sh", "-c", "read line; sleep 1000 & sleep 1000 & sleep 1000 & wait");
    try (Container container = builder.limits(Limits.NONE.pids(2)).start();
        Listening _ = container.events().listen(events::add);
        Writer input = container.process().outputWriter()) {
      input.write("\n");
      input.flush();
      Eventually.await("it is told", () -> !events.isEmpty());
      assertThat(events.getFirst()).isEqualTo(new PidsLimitReached(workspace.id("a"), 1));
    }
  }

  @Test
  void there_is_nothing_to_watch_of_a_container_that_is_gone() {
    Container container = workspace.container("a", "true").create();
    container.close();
    assertThatThrownBy(() -> container.events().listen(events::add))
        .isInstanceOf(ContainerNotFoundException.class);
  }

  @Test
  void nothing_is_left_when_nobody_listens_any_more() throws Exception {
    try (Container container = limited("a", "sleep 1000").start()) {
      container.events().listen(events::add).close();
      long before = descriptors();
      try (Listening _ = container.events().listen(events::add);
          Listening _ = workspace.runtime().events().listen(events::add)) {
        assertThat(descriptors()).isGreaterThan(before);
      }
      assertThat(descriptors()).isEqualTo(before);
      container.kill(Signal.KILL);
      container.process().waitFor();
      assertThat(events).isEmpty();
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }
}
