package dev.berth.linux.process;

import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalInt;

/**
 * What is typed at a terminal. It has no end that a program could see, but for the character that
 * stands for one: {@link #close()} types that, as Ctrl-D does.
 */
final class TerminalOutputStream extends OutputStream {

  private final Terminal terminal;
  private final PipeOutputStream stream;
  private boolean lineOpen;
  private boolean closed;

  TerminalOutputStream(Terminal terminal, PipeOutputStream stream) {
    this.terminal = terminal;
    this.stream = stream;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    stream.write(buffer, offset, length);
    if (length > 0) {
      byte last = buffer[offset + length - 1];
      lineOpen = last != '\n' && last != '\r';
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      typeEndOfFile();
    } catch (IOException _) {
      // Nobody is there any more to whom it could mean something.
    } finally {
      stream.close();
    }
  }

  /** In the middle of a line it only ends the line, for the program to read what there is of it. */
  private void typeEndOfFile() throws IOException {
    OptionalInt character = terminal.endOfFile();
    if (character.isPresent()) {
      byte typed = (byte) character.getAsInt();
      stream.write(lineOpen ? new byte[] {typed, typed} : new byte[] {typed});
    }
  }
}
