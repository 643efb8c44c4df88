package dev.berth.linux.terminal;

import dev.berth.linux.sys.DescriptorOrigin;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Termios;
import dev.berth.linux.sys.WindowSize;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The terminal that this program was started from. The library never touches it by itself: this is
 * for a command line, whose user is to sit at the terminal of a process in a container.
 */
public final class HostTerminal implements AutoCloseable {
  private static final int INPUT = 0;
  private static final int OUTPUT = 1;
  private static final int ERROR = 2;

  /** By the number of the stream, in this order. */
  private final SequencedMap<Integer, TerminalSide> sides;

  private HostTerminal(SequencedMap<Integer, TerminalSide> sides) {
    this.sides = sides;
  }

  /**
   * What of standard input, output and error is a terminal; empty if nothing is.
   *
   * @throws IOException if there is no descriptor left, or {@code /proc} is not mounted
   */
  public static Optional<HostTerminal> find() throws IOException {
    SequencedMap<Integer, TerminalSide> sides = new LinkedHashMap<>();
    for (int number = INPUT; number <= ERROR; number++) {
      if (DescriptorOrigin.of(number) != DescriptorOrigin.CALLER) {
        continue;
      }
      Optional<TerminalSide> side = TerminalSide.of(new Fd(number));
      if (side.isPresent()) {
        sides.put(number, side.get());
      }
    }
    return sides.isEmpty() ? Optional.empty() : Optional.of(new HostTerminal(sides));
  }

  /**
   * Passes every key on as it is, Ctrl-C included, and every character that is printed, until
   * {@link #close()}. Where keys do not come from here, Ctrl-C remains for this program.
   */
  public void makeRaw() {
    TerminalSide keyboard = sides.get(INPUT);
    if (keyboard != null) {
      keyboard.change(Termios::raw);
    }
    // The process's terminal has made \r\n of each \n. Where standard input is a pipe, this one
    // would still make \r\r\n of that. A program that only prints must not be stopped in the
    // background.
    TerminalSide screen = sides.get(OUTPUT);
    if (screen != null && !screen.isInBackground()) {
      screen.change(Termios::rawOutput);
    }
  }

  /** The size just now; empty if the terminal has gone. */
  public Optional<WindowSize> size() {
    return sides.firstEntry().getValue().size();
  }

  /** Makes it as it was found. */
  @Override
  public void close() {
    // Standard input and output are usually one terminal, whose first settings come back last.
    sides.sequencedValues().reversed().forEach(TerminalSide::close);
  }
}
