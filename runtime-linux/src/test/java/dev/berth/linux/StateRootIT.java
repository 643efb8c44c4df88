package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.ContainerRuntime;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where others could put down containers, and pids to be killed in their name, none is made. */
@RunsContainers
class StateRootIT {
  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void is_made_private_and_sticky() throws IOException {
    workspace.container("a", "true").create().deleteForcibly();
    assertThat(mode(workspace.root())).isEqualTo(01700);
    assertThat(workspace.root()).isEmptyDirectory();
  }

  @Test
  void t41_others_can_write_to_the_state_root() throws IOException {
    Files.createDirectories(workspace.root());
    Files.setPosixFilePermissions(workspace.root(), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> workspace.container("a", "true").create())
        .hasMessage(
            "state root \"%s\": others can write to it (mode 0777); chmod it to 0700",
            workspace.root());
    assertThat(workspace.root()).isEmptyDirectory();
  }

  @Test
  void t41_the_state_root_is_another_users() throws IOException {
    Files.createDirectories(workspace.root());
    Files.setAttribute(workspace.root(), "unix:uid", 1000);
    assertThatThrownBy(() -> workspace.container("a", "true").create())
        .hasMessage("state root \"%s\": belongs to uid 1000; choose another", workspace.root());
    assertThatThrownBy(() -> workspace.runtime().find(workspace.id("a")))
        .hasMessage("state root \"%s\": belongs to uid 1000; choose another", workspace.root());
    Files.setAttribute(workspace.root(), "unix:uid", 0);
  }

  @Test
  void t41_the_state_root_was_replaced_by_a_link() throws IOException {
    Path elsewhere = Files.createDirectories(workspace.file("elsewhere"));
    Path link = Files.createSymbolicLink(workspace.root(), elsewhere);
    assertThatThrownBy(() -> workspace.container("a", "true").create())
        .hasMessageStartingWith("state root \"%s\": open(".formatted(link))
        .hasMessageEndingWith("ENOTDIR (Not a directory)");
    assertThat(elsewhere).isEmptyDirectory();
    Files.delete(link);
  }

  @Test
  void t41_all_can_replace_the_state_root() throws IOException {
    Path shared = Files.createDirectory(workspace.file("shared"));
    Path root = shared.resolve("state");
    ContainerRuntime runtime = ContainerRuntime.builder().root(root).build();
    Files.setAttribute(shared, "unix:mode", 0777);
    assertThatThrownBy(() ->
            runtime
                .container(workspace.id("a"))
                .rootfs(workspace.rootfs())
                .command("true")
                .create())
        .hasMessage(
            "state root \"%s\": all can replace it, since %s has mode 0777; chmod that to +t, or"
                + " choose another",
            root, shared);
    assertThat(shared).isEmptyDirectory();

    Files.setAttribute(shared, "unix:mode", 01777);
    runtime
        .container(workspace.id("a"))
        .rootfs(workspace.rootfs())
        .command("true")
        .create()
        .deleteForcibly();
    assertThat(root).isEmptyDirectory();
  }

  private static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode") & 07777;
  }
}
