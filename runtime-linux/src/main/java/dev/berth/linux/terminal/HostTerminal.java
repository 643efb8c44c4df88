package dev.berth.linux.terminal;

import dev.berth.linux.sys.DescriptorOrigin;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import dev.berth.linux.sys.Terminals;
import dev.berth.linux.sys.Termios;
import dev.berth.linux.sys.WindowSize;
import java.io.IOException;
import java.util.Optional;

/**
 * The terminal that this program was started from. The library never touches it by itself: this is
 * for a command line, whose user is to sit at the terminal of a process in a container.
 */
public final class HostTerminal implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HostTerminal.class.getName());
  private static final int INPUT = 0;
  private static final int ERROR = 2;

  private final Fd fd;
  private final Termios before;
  private final boolean keyboard;

  private HostTerminal(Fd fd, Termios before, boolean keyboard) {
    this.fd = fd;
    this.before = before;
    this.keyboard = keyboard;
  }

  /**
   * What of standard input, output and error is a terminal, in this order; empty if nothing is.
   *
   * @throws IOException if there is no descriptor left, or {@code /proc} is not mounted
   */
  public static Optional<HostTerminal> find() throws IOException {
    for (int number = INPUT; number <= ERROR; number++) {
      if (DescriptorOrigin.of(number) != DescriptorOrigin.CALLER) {
        continue;
      }
      Fd copy = Descriptors.duplicate(new Fd(number));
      try {
        return Optional.of(new HostTerminal(copy, Terminals.settings(copy), number == INPUT));
      } catch (SyscallException noTerminal) {
        copy.close();
      }
    }
    return Optional.empty();
  }

  /**
   * Passes every key on as it is, Ctrl-C included, and every character, until {@link #close()}.
   * Does nothing where keys do not come from here: Ctrl-C then remains for this program.
   */
  public void makeRaw() {
    set(before.raw());
  }

  /** The size just now; empty if the terminal has gone. */
  public Optional<WindowSize> size() {
    try {
      return Optional.of(Terminals.size(fd));
    } catch (SyscallException gone) {
      return Optional.empty();
    }
  }

  /** Makes it as it was found. */
  @Override
  public void close() {
    set(before);
    fd.close();
  }

  private void set(Termios settings) {
    if (!keyboard) {
      return;
    }
    try {
      Terminals.setSettings(fd, settings);
    } catch (SyscallException gone) {
      LOG.log(System.Logger.Level.DEBUG, "the terminal of this program has gone", gone);
    }
  }
}
