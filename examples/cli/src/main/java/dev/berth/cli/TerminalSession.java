package dev.berth.cli;

import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.ExecBuilder;
import dev.berth.Signal;
import dev.berth.linux.sys.WindowSize;
import dev.berth.linux.terminal.HostInput;
import dev.berth.linux.terminal.HostTerminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * A program in the foreground that has a terminal of its own: the user's terminal passes every key
 * on to it, and shows what it prints. Where there is no user's terminal, standard input and output
 * do.
 */
final class TerminalSession implements Foreground {
  private static final Signal WINCH = Signal.parse("WINCH");
  private static final int BUFFER = 1 << 14;

  private final ForwardedSignals signals = ForwardedSignals.catchAll();
  private final Optional<HostTerminal> user;

  private TerminalSession(Optional<HostTerminal> user) {
    this.user = user;
  }

  static TerminalSession begin() throws IOException {
    return new TerminalSession(HostTerminal.find());
  }

  @Override
  public ContainerBuilder prepare(ContainerBuilder container) {
    return size().map(size -> container.terminal(size.columns(), size.rows())).orElse(container);
  }

  @Override
  public ExecBuilder prepare(ExecBuilder program) {
    return size().map(size -> program.terminal(size.columns(), size.rows())).orElse(program);
  }

  /** None either once the user's terminal has gone: then there is nobody to see it. */
  private Optional<WindowSize> size() {
    return user.flatMap(HostTerminal::size);
  }

  @Override
  public int await(ContainerProcess process) throws IOException, InterruptedException {
    user.ifPresent(HostTerminal::makeRaw);
    // Also what changed since the program was given its size.
    resize(process);
    signals.forwardTo(signal -> handOn(signal, process));
    Thread screen =
        Thread.ofPlatform()
            .name("screen")
            .start(() -> print(process.getInputStream(), new FileOutputStream(FileDescriptor.out)));
    HostInput keys = new HostInput();
    Thread.ofPlatform()
        .name("keyboard")
        .daemon()
        .start(() -> type(keys, process.getOutputStream()));
    int status = process.waitFor();
    keys.stop();
    screen.join();
    return status;
  }

  private void handOn(Signal signal, ContainerProcess process) {
    if (signal.equals(WINCH)) {
      resize(process);
    } else {
      process.signal(signal);
    }
  }

  private void resize(ContainerProcess process) {
    size().ifPresent(size -> process.resize(size.columns(), size.rows()));
  }

  /** To the end, even if nobody takes it any more: the program would stop half-way. */
  private static void print(InputStream from, OutputStream to) {
    try {
      from.transferTo(to);
    } catch (IOException unread) {
      drain(from);
    }
  }

  private static void drain(InputStream from) {
    try {
      from.transferTo(OutputStream.nullOutputStream());
    } catch (IOException ended) {
      throw new UncheckedIOException(ended);
    }
  }

  private static void type(InputStream from, OutputStream to) {
    byte[] keys = new byte[BUFFER];
    try (from;
        to) {
      for (int count; (count = from.read(keys)) > 0; ) {
        to.write(keys, 0, count);
        to.flush();
      }
    } catch (IOException ended) {
      // The program has ended, or the user's terminal has gone.
    }
  }

  @Override
  public void close() {
    user.ifPresent(HostTerminal::close);
  }
}
