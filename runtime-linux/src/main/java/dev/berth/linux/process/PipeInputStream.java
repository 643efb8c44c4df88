package dev.berth.linux.process;

import dev.berth.linux.sys.DaemonThreads;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;

/**
 * What a program writes, through a pipe or a terminal. The stream ends when the last process that
 * holds the other end lets go of it, and soon after the end of the program itself in any case: a
 * child that it left behind would otherwise keep a reader for ever.
 *
 * <p>{@link #close()} from another thread wakes a reader, with an {@code IOException}; so does an
 * interrupt, with an {@link InterruptedIOException}, after which the stream is as it was. Nothing
 * is left open when the stream has ended or the program has, even if nobody reads or closes it:
 * what was in the pipe is then in memory.
 */
final class PipeInputStream extends InputStream {

  /**
   * For how long the pipe must have been quiet after the program's end. What the program itself
   * wrote is in the pipe by then; this is for a child that it did not wait for, and that is about
   * to end as well, like the {@code tee} of a shell's {@code > >(tee log)}.
   */
  private static final Duration QUIET = Duration.ofMillis(100);

  /** And this for a child that is never quiet. */
  private static final Duration LONGEST = Duration.ofSeconds(1);

  /** At least: what {@code FIONREAD} counts is only the last of two buffers on the way. */
  private static final int TERMINAL_HOLDS = 1 << 14;

  private static final int END_OF_STREAM = -1;

  private final PipeEnd end;
  private ByteArrayInputStream rest = new ByteArrayInputStream(new byte[0]);
  private long taken;
  private boolean closed;

  private PipeInputStream(PipeEnd end) {
    this.end = end;
  }

  /**
   * Takes over the reading end of a pipe, which must not block.
   *
   * @param exit completes with the end of the program, on a thread that must not wait
   */
  static PipeInputStream of(EventLoop loop, Fd fd, CompletionStage<?> exit) {
    PipeInputStream stream = new PipeInputStream(PipeEnd.reader(loop, fd));
    exit.thenRun(() -> DaemonThreads.startVirtual(stream::endWithProgram));
    return stream;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    return length == 0 ? 0 : end.transfer(() -> attempt(buffer, offset, length));
  }

  private OptionalInt attempt(byte[] buffer, int offset, int length) throws IOException {
    requireNotClosed();
    if (!end.isOpen()) {
      return OptionalInt.of(rest.read(buffer, offset, length));
    }
    OptionalInt count = readAvailable(buffer, offset, length);
    if (count.orElse(-1) == 0) {
      end.close();
      return OptionalInt.of(END_OF_STREAM);
    }
    taken += count.orElse(0);
    return count;
  }

  /**
   * Of a terminal, EIO says that nobody holds the other end. The program may open {@code
   * /dev/console} again, as init systems do, so it is the program's end that ends the stream.
   */
  private OptionalInt readAvailable(byte[] buffer, int offset, int length) throws SyscallException {
    try {
      return Descriptors.readAvailable(end.fd(), buffer, offset, length);
    } catch (SyscallException refused) {
      if (refused.errno() != Errno.EIO) {
        throw refused;
      }
      end.isUnheld();
      return OptionalInt.empty();
    }
  }

  @Override
  public int available() throws IOException {
    end.lock().lock();
    try {
      requireNotClosed();
      return end.isOpen() ? Descriptors.available(end.fd()) : rest.available();
    } finally {
      end.lock().unlock();
    }
  }

  private void requireNotClosed() throws IOException {
    if (closed) {
      throw new IOException("Stream closed");
    }
  }

  @Override
  public void close() {
    end.lock().lock();
    try {
      closed = true;
      end.close();
    } finally {
      end.lock().unlock();
    }
  }

  private void endWithProgram() {
    try {
      long latest = System.nanoTime() + LONGEST.toNanos();
      long before = -1;
      while (mayGetMore() && before != taken() && System.nanoTime() < latest) {
        before = taken();
        Thread.sleep(QUIET);
      }
      keepRest();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException impossible) {
      throw new AssertionError("nobody else knows this thread", impossible);
    }
  }

  private boolean mayGetMore() throws IOException {
    end.lock().lock();
    try {
      return end.isOpen()
          && (Descriptors.poll(end.fd(), Descriptors.POLLIN, Duration.ZERO) & Descriptors.POLLHUP)
              == 0;
    } finally {
      end.lock().unlock();
    }
  }

  private long taken() {
    end.lock().lock();
    try {
      return taken;
    } finally {
      end.lock().unlock();
    }
  }

  /** No more than a pipe holds, however much a child of the program goes on writing. */
  private void keepRest() throws IOException {
    end.lock().lock();
    try {
      if (end.isOpen()) {
        byte[] bytes = new byte[Math.max(Descriptors.available(end.fd()), TERMINAL_HOLDS)];
        int count = 0;
        int more = 1;
        while (more > 0 && count < bytes.length) {
          more = readAvailable(bytes, count, bytes.length - count).orElse(0);
          count += more;
        }
        rest = new ByteArrayInputStream(bytes, 0, count);
        end.close();
      }
    } finally {
      end.lock().unlock();
    }
  }
}
