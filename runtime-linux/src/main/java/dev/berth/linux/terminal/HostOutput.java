package dev.berth.linux.terminal;

import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Standard output or error of this program. The open file behind it is also another program's,
 * which may have made it non-blocking: a write that the kernel refuses with EAGAIN waits for room
 * here, where a {@link java.io.FileOutputStream} fails and leaves open how much it has written.
 *
 * <p>After a failure every further write fails in the same way. A {@link java.io.PrintStream} hides
 * that; {@link #failure()} does not.
 */
public final class HostOutput extends OutputStream {
  private static final int CHUNK = 1 << 16;
  private static final Duration LOOK = Duration.ofHours(1);

  private final String name;
  private final Fd output;
  private final FileChannel channel;
  private @Nullable IOException failure;

  private HostOutput(String name, int number, FileDescriptor descriptor) {
    this.name = name;
    this.output = new Fd(number);
    this.channel = new FileOutputStream(descriptor).getChannel();
  }

  /** Standard output. */
  public static HostOutput output() {
    return new HostOutput("standard output", 1, FileDescriptor.out);
  }

  /** Standard error. */
  public static HostOutput error() {
    return new HostOutput("standard error", 2, FileDescriptor.err);
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
    ByteBuffer rest = ByteBuffer.wrap(buffer, offset, length);
    try {
      while (rest.hasRemaining()) {
        if (!isTaken(rest)) {
          awaitRoom(rest);
        }
      }
    } catch (SyscallException refused) {
      failure = worded(refused);
      throw failure;
    }
  }

  /** By way of the JDK, since a program that only says a line need not link calls of the kernel. */
  private boolean isTaken(ByteBuffer rest) {
    ByteBuffer some = rest.slice(rest.position(), Math.min(rest.remaining(), CHUNK));
    try {
      int taken = channel.write(some);
      rest.position(rest.position() + taken);
      return taken > 0;
    } catch (IOException withoutErrno) {
      return false;
    }
  }

  /** Makes the call again, which has the errno. */
  private void awaitRoom(ByteBuffer rest) throws SyscallException {
    OptionalInt taken =
        Descriptors.writeAvailable(
            output, rest.array(), rest.arrayOffset() + rest.position(), rest.remaining());
    if (taken.isEmpty()) {
      Descriptors.poll(output, Descriptors.POLLOUT, LOOK);
    }
    rest.position(rest.position() + taken.orElse(0));
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
