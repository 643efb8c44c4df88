package dev.berth.linux.terminal;

import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Standard output or error of this program. The open file behind it is also another program's, which
 * may have made it non-blocking: a write that the kernel refuses with EAGAIN waits for room here,
 * where a {@link java.io.FileOutputStream} fails and leaves open how much it has written.
 *
 * <p>After a failure every further write fails in the same way. A {@link java.io.PrintStream} hides
 * that; {@link #failure()} does not.
 */
public final class HostOutput extends OutputStream {
  private static final Duration LOOK = Duration.ofHours(1);

  private final String name;
  private final Fd output;
  private @Nullable IOException failure;

  private HostOutput(String name, int number) {
    this.name = name;
    this.output = new Fd(number);
  }

  /** Standard output. */
  public static HostOutput output() {
    return new HostOutput("standard output", 1);
  }

  /** Standard error. */
  public static HostOutput error() {
    return new HostOutput("standard error", 2);
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  /**
   * Writes all of it, and waits for the reader as long as that takes.
   *
   * @throws BrokenPipeException if nobody can read it any more
   * @throws IOException for every other reason, with its words
   */
  @Override
  public synchronized void write(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (failure != null) {
      throw failure;
    }
    try {
      for (int written = 0; written < length; ) {
        OptionalInt taken =
            Descriptors.writeAvailable(output, buffer, offset + written, length - written);
        if (taken.isEmpty()) {
          Descriptors.poll(output, Descriptors.POLLOUT, LOOK);
        }
        written += taken.orElse(0);
      }
    } catch (SyscallException refused) {
      failure = worded(refused);
      throw failure;
    }
  }

  private IOException worded(SyscallException refused) {
    return refused.errno() == Errno.EPIPE
        ? new BrokenPipeException(name, refused)
        : new IOException(
            "%s: write: %s".formatted(name, Errno.describe(refused.errno().number())), refused);
  }

  /**
   * Why something was not written; empty also if the reader did not want it, which is no failure:
   * {@code | head}.
   */
  public synchronized Optional<IOException> failure() {
    return Optional.ofNullable(failure).filter(each -> !(each instanceof BrokenPipeException));
  }

  /** Nobody reads it any more. */
  public static final class BrokenPipeException extends IOException {
    private static final long serialVersionUID = 1;

    private BrokenPipeException(String name, SyscallException cause) {
      super(name + ": Broken pipe", cause);
    }
  }
}
