package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerException;
import dev.berth.Status;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.Operate;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers that several JVMs work on, and JVMs that end in the middle of it. */
@RunsContainers
class OtherJvmIT {
  private static final int ROUNDS = 20;

  @RegisterExtension final Workspace workspace = new Workspace();

  private Process jvm(String verb, String name) throws IOException {
    return ChildJvm.start(
        Operate.class,
        workspace.root().toString(),
        workspace.rootfs().toString(),
        verb,
        workspace.id(name));
  }

  private String there(String verb) throws IOException, InterruptedException {
    return ChildJvm.output(jvm(verb, "a"), 60);
  }

  private Container found() {
    return workspace.runtime().find(workspace.id("a")).orElseThrow();
  }

  @Test
  void each_operation_can_come_from_another_jvm() throws Exception {
    long pid = Long.parseLong(there("create"));
    assertThat(found().state().status()).isEqualTo(Status.CREATED);
    assertThat(found().state().pid()).isEqualTo(pid);

    assertThat(there("start")).isEmpty();
    assertThat(found().state().status()).isEqualTo(Status.RUNNING);
    assertThat(there("exec")).isEqualTo("there\n");
    Container seen = found();
    assertThat(seen.process().isAlive()).isTrue();

    assertThat(there("kill")).isEmpty();
    Eventually.await("the end is seen", () -> !seen.process().isAlive());
    assertThatThrownBy(() -> seen.process().exitValue())
        .isInstanceOf(ContainerException.class)
        .hasMessage(
            "container \"%s\": exit value of process %d: only the program that started it knows it",
            workspace.id("a"), pid);
    assertThat(found().state().status()).isEqualTo(Status.STOPPED);
    found().delete();
  }

  @Test
  void an_attached_container_ends_with_its_jvm_and_its_state_remains() throws Exception {
    Process jvm = jvm("attach", "a");
    try (BufferedReader reader = ChildJvm.reader(jvm)) {
      assertThat(reader.readLine()).matches("\\d+");
      Container found = found();
      assertThat(found.state().status()).isEqualTo(Status.RUNNING);
      jvm.destroyForcibly().waitFor();
      Eventually.await("it ends", () -> !found.process().isAlive());
      assertThat(found.state().status()).isEqualTo(Status.STOPPED);
      found.delete();
    }
  }

  @Test
  void nothing_that_a_killed_jvm_left_is_beyond_deletion() throws Exception {
    Random random = new Random(1);
    for (int round = 0; round < ROUNDS; round++) {
      Process jvm = jvm("loop", "round" + round);
      try (BufferedReader reader = ChildJvm.reader(jvm)) {
        assertThat(reader.readLine()).isEqualTo("begins");
        Thread.sleep(random.nextInt(300));
        jvm.destroyForcibly().waitFor();
      }
      workspace.runtime().containers().forEach(Container::deleteForcibly);
      assertThat(workspace.states()).isEmpty();
      Eventually.await("no process is left", () -> !mentioned(workspace.id("")));
    }
  }

  /** Whether a process is in a cgroup with this name. */
  private static boolean mentioned(String name) {
    return ProcessHandle.allProcesses()
        .map(process -> Path.of("/proc/" + process.pid() + "/cgroup"))
        .anyMatch(file -> {
          try {
            return Files.readString(file).contains(name);
          } catch (IOException ended) {
            return false;
          }
        });
  }
}
