package dev.berth.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.spec.SpecWriter;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Message;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import dev.berth.linux.sys.Terminals;
import dev.berth.linux.sys.WindowSize;
import dev.berth.spec.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Engines that take a terminal at a socket, with the command lines of containerd and conmon. */
class ConsoleSocketIT {
  private static final Outcome DONE = new Outcome(0, "", "");

  @RegisterExtension final Installation berth = new Installation();

  private Fd listen(Path path) throws SyscallException {
    Fd listener = Sockets.socket(Sockets.SOCK_STREAM);
    String parent = path.getParent().toString();
    try (Fd directory = Directories.open(parent, Directories.O_PATH, 0)) {
      Sockets.bind(listener, directory, path.getFileName().toString());
    }
    Sockets.listen(listener, 1);
    return listener;
  }

  private static Fd receive(Fd listener) throws SyscallException {
    try (Fd connection = Sockets.accept4(listener)) {
      Message message = Sockets.recvmsg(connection, 4096, 1);
      assertThat(new String(message.data(), UTF_8)).isEqualTo("/dev/ptmx");
      return message.descriptors().getFirst();
    }
  }

  private static void type(Fd terminal, String line) throws SyscallException {
    Descriptors.writeFully(terminal, (line + "\n").getBytes(UTF_8));
  }

  private static void await(Fd terminal, String text) throws SyscallException {
    StringBuilder seen = new StringBuilder();
    byte[] bytes = new byte[4096];
    while (seen.indexOf(text) < 0) {
      assertThat(Descriptors.poll(terminal, Descriptors.POLLIN, Duration.ofSeconds(30)))
          .as(seen.toString())
          .isEqualTo(Descriptors.POLLIN);
      int count = Descriptors.read(terminal, bytes, 0, bytes.length);
      seen.append(new String(bytes, 0, count, UTF_8));
    }
  }

  @Test
  void a_container_and_a_further_process() throws Exception {
    Path socket = berth.file("console.sock");
    Path pidFile = berth.file("pid");
    String id = berth.id("a");
    ProcessSpec shell = SpecDefaults.spec().process();
    berth.command("sh");
    berth.change(spec ->
        spec.withProcess(
            spec.process()
                .withTerminal(true)
                .withConsoleSize(new ProcessSpec.ConsoleSize(43, 132))));
    try (Fd listener = listen(socket)) {
      assertThat(
              berth.berth(
                  "create",
                  "--pid-file",
                  pidFile.toString(),
                  "--console-socket",
                  socket.toString(),
                  id))
          .isEqualTo(DONE);
      try (Fd terminal = receive(listener)) {
        assertThat(berth.berth("start", id)).isEqualTo(DONE);
        await(terminal, "# ");
        type(terminal, "stty size");
        await(terminal, "\n43 132");
        Terminals.setSize(terminal, new WindowSize(90, 20));
        type(terminal, "stty size");
        await(terminal, "\n20 90");
        execute(id, socket, listener, shell);
        type(terminal, "exit");
        berth.awaitStatus(id, "stopped");
      }
    }
    assertThat(berth.berth("delete", id)).isEqualTo(DONE);
    Files.delete(socket);
  }

  private void execute(String id, Path socket, Fd listener, ProcessSpec shell) throws IOException {
    Path process = berth.file("process.json");
    Files.writeString(process, SpecWriter.write(shell.withArgs(List.of("sh"))));
    assertThat(
            berth.berth(
                "exec",
                "--process",
                process.toString(),
                "--detach",
                "--tty",
                "--console-socket",
                socket.toString(),
                id))
        .isEqualTo(DONE);
    try (Fd terminal = receive(listener)) {
      await(terminal, "# ");
      type(terminal, "tty");
      await(terminal, "\n/dev/pts/1");
    }
  }
}
