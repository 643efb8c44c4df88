package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerExistsException;
import dev.berth.ContainerStateException;
import dev.berth.Signal;
import dev.berth.Status;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers as a killed runtime, or a restarted machine, leaves them. */
@RunsContainers
class LeftoversIT {
  @RegisterExtension final Workspace workspace = new Workspace();

  private Container found(String name) {
    return workspace.runtime().find(workspace.id(name)).orElseThrow();
  }

  private Path emptyStateDirectory() throws IOException {
    return Files.createDirectories(workspace.state("a"));
  }

  @Test
  void a_directory_in_which_nothing_was_written_is_a_stopped_container() throws IOException {
    emptyStateDirectory();
    assertThat(workspace.runtime().containers()).hasSize(1);
    assertThat(found("a").state().status()).isEqualTo(Status.STOPPED);
    assertThat(found("a").state().bundle()).isEqualTo(workspace.state("a"));
    assertThatThrownBy(() -> workspace.container("a", "true").create())
        .isInstanceOf(ContainerExistsException.class);
    found("a").delete();
    assertThat(workspace.state("a")).doesNotExist();
  }

  @Test
  void a_directory_with_only_a_configuration_can_be_deleted_forcibly() throws IOException {
    Files.writeString(emptyStateDirectory().resolve("config.json"), "{");
    found("a").deleteForcibly();
    assertThat(workspace.state("a")).doesNotExist();
  }

  @Test
  void a_container_that_got_no_process_is_stopped_and_goes_with_its_cgroup() throws Exception {
    Container container = workspace.container("a", "true").create();
    String state = Files.readString(workspace.state("a").resolve("state.json"));
    container.kill(Signal.KILL);
    container.process().waitFor();
    replaceState(
        state.replaceFirst("\"pid\":\\d+,\"startTime\":\\d+", "\"pid\":0,\"startTime\":0"));
    Container found = found("a");
    assertThat(found.state().status()).isEqualTo(Status.STOPPED);
    assertThat(found.processes()).isEmpty();
    found.deleteForcibly();
  }

  @Test
  void a_process_that_has_the_pid_by_now_is_left_alone() throws Exception {
    Process foreign = new ProcessBuilder("sleep", "1000").start();
    try (Container container = workspace.container("a", "true").start()) {
      container.process().waitFor();
      String state = Files.readString(workspace.state("a").resolve("state.json"));
      replaceState(
          state.replaceFirst(
              "\"pid\":\\d+,\"startTime\":\\d+",
              "\"pid\":%d,\"startTime\":1".formatted(foreign.pid())));

      Container found = found("a");
      assertThat(found.state().status()).isEqualTo(Status.STOPPED);
      assertThatThrownBy(() -> found.kill(Signal.KILL))
          .isInstanceOf(ContainerStateException.class)
          .hasMessage(
              "container \"%s\": cannot send a signal: container not running", workspace.id("a"));
      found.killAll(Signal.KILL);
      assertThat(found.process().isAlive()).isFalse();
      found.deleteForcibly();
      assertThat(foreign.isAlive()).isTrue();
    } finally {
      foreign.destroyForcibly().waitFor();
    }
  }

  @Test
  void what_the_runtime_did_not_write_is_not_deleted() throws IOException {
    Path own = emptyStateDirectory().resolve("notes.txt");
    Files.writeString(own, "mine");
    assertThatThrownBy(() -> found("a").deleteForcibly()).hasMessageContaining("ENOTEMPTY");
    assertThat(own).hasContent("mine");
    Files.delete(own);
    found("a").delete();
  }

  @Test
  void a_link_in_place_of_a_state_directory_is_no_container() throws IOException {
    Path elsewhere = Files.createDirectories(workspace.file("elsewhere"));
    Files.writeString(elsewhere.resolve("config.json"), "{}");
    Files.createDirectories(workspace.root());
    Path link = Files.createSymbolicLink(workspace.state("a"), elsewhere);
    assertThat(workspace.runtime().containers()).isEmpty();
    assertThatThrownBy(() -> workspace.runtime().find(workspace.id("a")))
        .hasMessageContaining("ENOTDIR");
    assertThat(elsewhere.resolve("config.json")).exists();
    Files.delete(link);
  }

  private void replaceState(String json) throws IOException {
    Files.writeString(workspace.state("a").resolve("state.json"), json);
  }
}
