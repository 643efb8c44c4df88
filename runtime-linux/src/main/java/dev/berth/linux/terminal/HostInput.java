package dev.berth.linux.terminal;

import dev.berth.linux.sys.DescriptorOrigin;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Epoll;
import dev.berth.linux.sys.EpollEvent;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Standard input, for one thread to read from until another one stops it; empty if this JVM was
 * started without one. A thread that is still in a read of {@link System#in} holds up the end of a
 * JVM by 300 ms.
 */
public final class HostInput extends InputStream {
  private static final long READY = 0;
  private static final long STOPPED = 1;
  private static final int FOR_EVER = -1;
  private static final int END_OF_STREAM = -1;

  private final Fd input = new Fd(0);
  private final Fd stop;
  private final Epoll epoll;
  private final boolean passed;
  private final boolean alwaysReady;
  private boolean open = true;

  /**
   * Opens it.
   *
   * @throws IOException if there is no descriptor left, or {@code /proc} is not mounted
   */
  public HostInput() throws IOException {
    passed = DescriptorOrigin.of(0) == DescriptorOrigin.CALLER;
    stop = Descriptors.eventfd2(0, 0);
    try {
      epoll = Epoll.create();
    } catch (SyscallException refused) {
      stop.close();
      throw refused;
    }
    try {
      epoll.add(stop, new EpollEvent(Epoll.EPOLLIN, STOPPED));
      alwaysReady = !passed || isFile();
    } catch (SyscallException refused) {
      epoll.close();
      stop.close();
      throw refused;
    }
  }

  /** What never has to be waited for cannot be. */
  private boolean isFile() throws SyscallException {
    try {
      epoll.add(input, new EpollEvent(Epoll.EPOLLIN, READY));
      return false;
    } catch (SyscallException refused) {
      if (refused.errno() == Errno.EPERM) {
        return true;
      }
      throw refused;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? END_OF_STREAM : one[0] & 0xff;
  }

  /**
   * The end comes with the end of the input, after {@link #stop}, and when a terminal is hung up,
   * which is EIO.
   */
  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    while (passed) {
      List<EpollEvent> events = epoll.await(2, alwaysReady ? 0 : FOR_EVER);
      if (events.stream().anyMatch(event -> event.data() == STOPPED)) {
        return END_OF_STREAM;
      }
      if (alwaysReady || !events.isEmpty()) {
        OptionalInt count = readAvailable(buffer, offset, length);
        if (count.isPresent()) {
          return count.getAsInt() == 0 ? END_OF_STREAM : count.getAsInt();
        }
      }
    }
    return END_OF_STREAM;
  }

  /** Empty if another reader of the same open file was faster, and that file does not block. */
  private OptionalInt readAvailable(byte[] buffer, int offset, int length) throws IOException {
    try {
      return Descriptors.readAvailable(input, buffer, offset, length);
    } catch (SyscallException refused) {
      if (refused.errno() == Errno.EIO) {
        return OptionalInt.of(0);
      }
      throw new IOException(
          "standard input: read: " + Errno.describe(refused.errno().number()), refused);
    }
  }

  /** Ends the stream for whoever reads from it, or will. */
  public synchronized void stop() throws SyscallException {
    if (open) {
      byte[] one = new byte[Long.BYTES];
      one[0] = 1;
      Descriptors.write(stop, one, 0, one.length);
    }
  }

  /** For the thread that reads; standard input itself stays open. */
  @Override
  public synchronized void close() {
    open = false;
    epoll.close();
    stop.close();
  }
}
