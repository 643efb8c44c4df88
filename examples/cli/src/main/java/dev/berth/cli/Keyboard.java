package dev.berth.cli;

import dev.berth.linux.terminal.HostInput;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Standard input, on the way to the terminal of the program in the foreground. */
final class Keyboard {
  private static final int BUFFER = 1 << 14;

  private final HostInput input;
  private volatile @Nullable IOException failure;

  private Keyboard(HostInput input) {
    this.input = input;
  }

  /** Begins to type, on a thread that does not hold up the end of this program. */
  static Keyboard type(OutputStream to) throws IOException {
    Keyboard keyboard = new Keyboard(new HostInput());
    Thread.ofPlatform().name("keyboard").daemon().start(() -> keyboard.copy(to));
    return keyboard;
  }

  private void copy(OutputStream to) {
    byte[] keys = new byte[BUFFER];
    try (input;
        to) {
      for (int count; (count = read(keys)) > 0; ) {
        to.write(keys, 0, count);
        to.flush();
      }
    } catch (IOException ended) {
      // The program does not read any more, or the failure is noted.
    }
  }

  private int read(byte[] keys) throws IOException {
    try {
      return input.read(keys);
    } catch (IOException unread) {
      failure = unread;
      throw unread;
    }
  }

  /**
   * Types no more.
   *
   * @throws IOException if standard input could not be read
   */
  void stop() throws IOException {
    input.stop();
    IOException unread = failure;
    if (unread != null) {
      throw unread;
    }
  }
}
