package dev.berth.linux.terminal;

import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Epoll;
import dev.berth.linux.sys.EpollEvent;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/**
 * Standard input, for one thread to read from until another one stops it. A thread that is still in
 * a read of {@link System#in} holds up the end of a JVM by 300 ms.
 */
public final class HostInput extends InputStream {
  private static final long READY = 0;
  private static final long STOPPED = 1;
  private static final int FOR_EVER = -1;

  private final Fd input = new Fd(0);
  private final Fd stop;
  private final Epoll epoll;
  private final boolean alwaysReady;
  private boolean open = true;

  /**
   * Opens it.
   *
   * @throws SyscallException if there is no descriptor left
   */
  public HostInput() throws SyscallException {
    stop = Descriptors.eventfd2(0, 0);
    try {
      epoll = Epoll.create();
    } catch (SyscallException refused) {
      stop.close();
      throw refused;
    }
    try {
      epoll.add(stop, new EpollEvent(Epoll.EPOLLIN, STOPPED));
      alwaysReady = isFile();
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
  public int read() throws SyscallException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** The end comes with the end of the input, and after {@link #stop}. */
  @Override
  public int read(byte[] buffer, int offset, int length) throws SyscallException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    List<EpollEvent> events;
    do {
      events = epoll.await(2, alwaysReady ? 0 : FOR_EVER);
    } while (events.isEmpty() && !alwaysReady);
    if (events.stream().anyMatch(event -> event.data() == STOPPED)) {
      return -1;
    }
    int count = Descriptors.read(input, buffer, offset, length);
    return count == 0 ? -1 : count;
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
