package dev.berth.linux.process;

import dev.berth.linux.sys.DaemonThreads;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;

/**
 * What a program reads, through a pipe, where {@link #close()} is its end-of-file, or a terminal. A
 * program that does not read any more, or has ended, is {@code IOException: Broken pipe}.
 *
 * <p>{@code close()} from another thread wakes a writer, with an {@code IOException}; so does an
 * interrupt, with an {@link InterruptedIOException} that says how much was written.
 */
final class PipeOutputStream extends OutputStream {

  private final PipeEnd end;
  private boolean closed;

  private PipeOutputStream(PipeEnd end) {
    this.end = end;
  }

  /**
   * Takes over the writing end of a pipe, which must not block.
   *
   * @param exit completes with the end of the program, on a thread that must not wait
   */
  static PipeOutputStream of(EventLoop loop, Fd fd, CompletionStage<?> exit) {
    PipeEnd end = PipeEnd.writer(loop, fd);
    exit.thenRun(() -> DaemonThreads.startVirtual(end::close));
    return new PipeOutputStream(end);
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    int written = 0;
    try {
      while (written < length) {
        int from = offset + written;
        int most = length - written;
        written += end.transfer(() -> attempt(buffer, from, most));
      }
    } catch (InterruptedIOException interrupted) {
      interrupted.bytesTransferred = written;
      throw interrupted;
    }
  }

  private OptionalInt attempt(byte[] buffer, int offset, int length) throws IOException {
    if (closed) {
      throw new IOException("Stream closed");
    }
    if (!end.isOpen()) {
      throw new IOException("Broken pipe");
    }
    try {
      return Descriptors.writeAvailable(end.fd(), buffer, offset, length);
    } catch (SyscallException refused) {
      // EIO: a terminal whose other end nobody holds.
      boolean unread = refused.errno() == Errno.EPIPE || refused.errno() == Errno.EIO;
      throw unread ? new IOException("Broken pipe", refused) : refused;
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
}
