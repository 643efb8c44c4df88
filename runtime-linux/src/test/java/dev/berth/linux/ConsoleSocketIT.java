package dev.berth.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.ContainerSetupException;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Message;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Terminals that an engine takes, as it waits for them: at a socket. */
@RunsContainers
class ConsoleSocketIT {
  @RegisterExtension final Workspace workspace = new Workspace();

  private Fd listen(Path path) throws SyscallException {
    Fd listener = Sockets.socket(Sockets.SOCK_STREAM);
    try (Fd directory =
        Directories.open(
            path.getParent().toString(), Directories.O_PATH | Directories.O_CLOEXEC, 0)) {
      Sockets.bind(listener, directory, path.getFileName().toString());
      Sockets.listen(listener, 1);
    }
    return listener;
  }

  private static Fd receive(Fd listener) throws SyscallException {
    try (Fd connection = Sockets.accept4(listener)) {
      Message message = Sockets.recvmsg(connection, 4096, 1);
      assertThat(new String(message.data(), UTF_8)).isEqualTo("/dev/ptmx");
      assertThat(message.descriptors()).hasSize(1);
      assertThat(Sockets.recvmsg(connection, 4096, 1).isEndOfFile()).isTrue();
      return message.descriptors().getFirst();
    }
  }

  private static void awaitText(Fd master, String text) throws InterruptedException {
    StringBuilder seen = new StringBuilder();
    Eventually.await(
        text,
        () -> {
          byte[] bytes = new byte[4096];
          try {
            seen.append(
                new String(bytes, 0, Descriptors.read(master, bytes, 0, bytes.length), UTF_8));
          } catch (SyscallException e) {
            throw new AssertionError("in: " + seen, e);
          }
          return seen.indexOf(text) >= 0;
        });
  }

  private ContainerBuilder shell(String script) {
    return workspace.container("a", "sh", "-c", script);
  }

  @Test
  void gets_the_terminal_of_a_container_when_it_is_created() throws Exception {
    Path socket = workspace.file("console.sock");
    try (Fd listener = listen(socket)) {
      Container container =
          shell("stty size; read line; echo \"got $line\"")
              .terminal(132, 43)
              .consoleSocket(socket)
              .detached()
              .create();
      try (Fd master = receive(listener)) {
        container.start();
        awaitText(master, "43 132\r\n");
        Descriptors.writeFully(master, "typed\n".getBytes(UTF_8));
        awaitText(master, "got typed\r\n");
        assertThat(container.process().waitFor()).isZero();
        assertThat(container.process().getInputStream().read()).isEqualTo(-1);
        assertThatThrownBy(() -> container.process().resize(1, 1))
            .isInstanceOf(UnsupportedOperationException.class);
      }
      container.delete();
    }
  }

  @Test
  void gets_the_terminal_of_a_further_process() throws Exception {
    Path socket = workspace.file("console.sock");
    try (Fd listener = listen(socket);
        Container running = workspace.container("a", "sleep", "1000").start()) {
      ContainerProcess process =
          running.exec("sh", "-c", "tty; read line").terminal().consoleSocket(socket).start();
      try (Fd master = receive(listener)) {
        awaitText(master, "/dev/pts/0\r\n");
        // Of nobody else: the program hears of the end of the only one who has the other end.
      }
      assertThat(process.waitFor()).isEqualTo(129);
    }
  }

  @Test
  void must_have_somebody_listening() throws Exception {
    Path nobody = workspace.file("nobody");
    Path file = Files.createFile(workspace.file("file"));
    assertThatThrownBy(() -> shell("true").terminal().consoleSocket(nobody).create())
        .isInstanceOf(ContainerSetupException.class)
        .hasMessage(
            "container \"%s\": console socket \"%s\": connect: ENOENT (No such file or directory)",
            workspace.id("a"), nobody);
    assertThatThrownBy(() -> shell("true").terminal().consoleSocket(file).create())
        .hasMessage(
            "container \"%s\": console socket \"%s\": connect: ECONNREFUSED (Connection refused)",
            workspace.id("a"), file);
    assertThat(workspace.states()).isEmpty();
  }

  @Test
  void must_get_a_terminal() {
    Path socket = workspace.file("console.sock");
    assertThatThrownBy(() -> shell("true").consoleSocket(socket).create())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "console socket \"%s\": there is no terminal to send to it: process.terminal is false",
            socket);
  }
}
