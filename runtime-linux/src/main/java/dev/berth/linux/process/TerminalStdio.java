package dev.berth.linux.process;

import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Standard streams that are a terminal. The program begins with the null device, and takes the
 * terminal's other end for it when it has one.
 */
final class TerminalStdio extends Stdio {

  /** Of the terminal, as engines expect it. */
  private static final String NAME = "/dev/ptmx";

  private final Stdio nothing;
  private final Optional<EngineSocket> socket;
  private @Nullable Terminal terminal;

  private TerminalStdio(Stdio nothing, Optional<EngineSocket> socket) {
    this.nothing = nothing;
    this.socket = socket;
  }

  /** With a socket to send it to, which is closed in any case. */
  static TerminalStdio open(Optional<EngineSocket> socket) throws IOException {
    try {
      return new TerminalStdio(
          Stdio.open(Redirect.DISCARD, Redirect.DISCARD, Redirect.DISCARD), socket);
    } catch (IOException | RuntimeException | Error refused) {
      socket.ifPresent(EngineSocket::close);
      throw refused;
    }
  }

  @Override
  public List<Fd> programEnds() {
    return nothing.programEnds();
  }

  /** The terminal is its user's already; the program made it. */
  @Override
  public void own(long uid) {}

  @Override
  public void connect(Fd made, Cancellation cancellation) throws IOException {
    if (socket.isPresent()) {
      socket.get().send(NAME, made, cancellation);
    } else {
      terminal = Terminal.of(made);
    }
  }

  @Override
  Streams streams(EventLoop loop, CompletionStage<?> exit) {
    Terminal mine = terminal;
    terminal = null;
    return mine == null ? Streams.none() : mine.streams(loop, exit);
  }

  @Override
  public void close() {
    nothing.close();
    socket.ifPresent(EngineSocket::close);
    if (terminal != null) {
      terminal.close();
    }
  }
}
