package dev.berth.linux.terminal;

import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import dev.berth.linux.sys.Terminals;
import dev.berth.linux.sys.Termios;
import dev.berth.linux.sys.WindowSize;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One of this program's standard streams that is a terminal, with the settings it was found with.
 */
final class TerminalSide implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TerminalSide.class.getName());

  private final Fd fd;
  private final Termios before;
  private boolean changed;

  private TerminalSide(Fd fd, Termios before) {
    this.fd = fd;
    this.before = before;
  }

  /**
   * The one of {@code stream}; empty if that is no terminal.
   *
   * @throws SyscallException if there is no descriptor left
   */
  static Optional<TerminalSide> of(Fd stream) throws SyscallException {
    Fd copy = Descriptors.duplicate(stream);
    try {
      return Optional.of(new TerminalSide(copy, Terminals.settings(copy)));
    } catch (SyscallException noTerminal) {
      copy.close();
      return Optional.empty();
    }
  }

  /**
   * Changes the settings until {@link #close()}. In the background of the terminal's session this
   * program is stopped first, until it is in the foreground.
   */
  void change(UnaryOperator<Termios> change) {
    try {
      // Another side of the same terminal may have changed them.
      Termios now = Terminals.settings(fd);
      Termios wanted = change.apply(now);
      if (!wanted.equals(now)) {
        changed = true;
        Terminals.setSettings(fd, wanted);
      }
    } catch (SyscallException gone) {
      logGone(gone);
    }
  }

  boolean isInBackground() {
    return Terminals.isInBackgroundOf(fd);
  }

  Optional<WindowSize> size() {
    try {
      return Optional.of(Terminals.size(fd));
    } catch (SyscallException gone) {
      return Optional.empty();
    }
  }

  /** Gives it the settings that it was found with, if it has others. */
  @Override
  public void close() {
    if (changed) {
      try {
        Terminals.setSettings(fd, before);
      } catch (SyscallException gone) {
        logGone(gone);
      }
    }
    fd.close();
  }

  private static void logGone(SyscallException gone) {
    LOG.log(System.Logger.Level.DEBUG, "the terminal of this program has gone", gone);
  }
}
