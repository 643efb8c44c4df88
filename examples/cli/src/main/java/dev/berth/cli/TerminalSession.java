package dev.berth.cli;

import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.ExecBuilder;
import dev.berth.Signal;
import dev.berth.linux.sys.WindowSize;
import dev.berth.linux.terminal.HostTerminal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A program in the foreground that has a terminal of its own: the user's terminal passes every key
 * on to it, and shows what it prints. Where there is no user's terminal, standard input and output
 * do.
 */
final class TerminalSession implements Foreground {
  private static final Signal WINCH = Signal.parse("WINCH");
  private static final Signal HUP = Signal.parse("HUP");
  private static final Signal INT = Signal.parse("INT");

  /** How long the reader of standard output may take once this program was asked to end. */
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(2);

  private final ForwardedSignals signals = ForwardedSignals.catchAll();
  private final CompletableFuture<Signal> asked = new CompletableFuture<>();
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
    Screen screen = Screen.print(process.getInputStream());
    Keyboard keyboard = Keyboard.type(process.getOutputStream());
    int status = process.waitFor();
    asked.thenRunAsync(screen::giveUp, delayedExecutor(LAST_OUTPUT.toMillis(), MILLISECONDS));
    screen.await();
    keyboard.stop();
    return status;
  }

  private void handOn(Signal signal, ContainerProcess process) {
    if (signal.equals(WINCH)) {
      resize(process);
      return;
    }
    process.signal(signal);
    if (endsThisProgram(signal, process)) {
      asked.complete(signal);
    }
  }

  /** Ctrl-C is for the container's program, and reaches the reader of its output as well. */
  private static boolean endsThisProgram(Signal signal, ContainerProcess process) {
    return signal.equals(Signal.TERM)
        || signal.equals(HUP)
        || (signal.equals(INT) && !process.isAlive());
  }

  private void resize(ContainerProcess process) {
    size().ifPresent(size -> process.resize(size.columns(), size.rows()));
  }

  @Override
  public void close() {
    user.ifPresent(HostTerminal::close);
  }
}
