package dev.berth.cli;

import dev.berth.ContainerBuilder;
import dev.berth.ExecBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a program's terminal goes, if it has one. */
final class Console {
  @Option(
      names = "--console-socket",
      paramLabel = "SOCKET",
      description = "Send the terminal to whoever listens at this AF_UNIX socket.")
  private @Nullable Path socket;

  /**
   * For a program in the foreground, whose terminal stays here.
   *
   * @throws IllegalArgumentException if it is to go elsewhere
   */
  Foreground foreground(boolean terminal) throws IOException {
    refuseSocket();
    return terminal ? TerminalSession.begin() : new PassedStreams();
  }

  /**
   * The container that this program leaves alone, with its own standard streams or a terminal.
   *
   * @throws IllegalArgumentException if there is a terminal and nobody for it, or the reverse
   */
  ContainerBuilder detach(ContainerBuilder container, boolean terminal) {
    return socketFor(terminal)
        .map(container::consoleSocket)
        .orElseGet(container::inheritIO)
        .detached();
  }

  /**
   * The program that this program leaves alone, with its own standard streams or a terminal.
   *
   * @throws IllegalArgumentException if there is a terminal and nobody for it, or the reverse
   */
  ExecBuilder detach(ExecBuilder program, boolean terminal) {
    return socketFor(terminal).map(program::consoleSocket).orElseGet(program::inheritIO).detached();
  }

  private Optional<Path> socketFor(boolean terminal) {
    if (!terminal) {
      refuseSocket();
    } else if (socket == null) {
      throw new IllegalArgumentException(
          "cannot allocate tty if berth will detach without setting console socket");
    }
    return Optional.ofNullable(socket);
  }

  private void refuseSocket() {
    if (socket != null) {
      throw new IllegalArgumentException(
          "cannot use console socket if berth will not detach or allocate tty");
    }
  }
}
