package dev.berth.linux;

import dev.berth.core.plan.Lifetime;
import dev.berth.linux.lifecycle.StdioOpener;
import dev.berth.linux.process.Stdio;
import dev.berth.spec.ProcessSpec;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a builder sends the three standard streams. */
final class Redirects {
  private Redirect input = Redirect.PIPE;
  private Redirect output = Redirect.PIPE;
  private Redirect error = Redirect.PIPE;
  private @Nullable Path consoleSocket;

  void input(Redirect source) {
    input = source;
  }

  void output(Redirect destination) {
    output = destination;
  }

  void error(Redirect destination) {
    error = destination;
  }

  void consoleSocket(Path socket) {
    consoleSocket = socket;
  }

  /**
   * How to open them for {@code process}.
   *
   * @throws IllegalArgumentException if it has a terminal, and a stream is to be something else, or
   *     it has none to send to a console socket
   */
  StdioOpener opener(ProcessSpec process) {
    if (!process.terminal()) {
      if (consoleSocket != null) {
        throw new IllegalArgumentException(
            "console socket \"%s\": there is no terminal to send to it: process.terminal is false"
                .formatted(consoleSocket));
      }
      return (lifetime, _) -> open(lifetime);
    }
    if (Stream.of(input, output, error).anyMatch(each -> !each.equals(Redirect.PIPE))) {
      throw new IllegalArgumentException(
          "process.terminal: standard input, output and error are the terminal; they cannot be"
              + " redirected");
    }
    Path socket = consoleSocket;
    return socket == null
        ? (_, _) -> Stdio.terminal()
        : (_, cancellation) -> Stdio.terminalFor(socket, cancellation);
  }

  /** A process that outlives this JVM must not hold a pipe that ends here. */
  private Stdio open(Lifetime lifetime) throws IOException {
    return Stdio.open(kept(input, lifetime), kept(output, lifetime), kept(error, lifetime));
  }

  private static Redirect kept(Redirect redirect, Lifetime lifetime) {
    boolean ends = lifetime == Lifetime.DETACHED && redirect.type() == Redirect.Type.PIPE;
    return ends ? Redirect.DISCARD : redirect;
  }
}
