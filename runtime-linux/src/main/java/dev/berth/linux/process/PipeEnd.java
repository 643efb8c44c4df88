package dev.berth.linux.process;

import dev.berth.linux.sys.Epoll;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * This JVM's end of a pipe to a process, or of its terminal. Its calls never block in the kernel:
 * whoever must wait does so in Java, without the lock, until the event loop or {@link #close()}
 * wakes it.
 */
final class PipeEnd implements AutoCloseable {

  /** A call that moves bytes, made with the lock held. */
  interface Transfer {
    /** What to return for it; empty if it would block. */
    OptionalInt attempt() throws IOException;
  }

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ReentrantLock lock = new ReentrantLock();
  private final EventLoop loop;
  private final Fd fd;
  private final int readiness;

  private volatile CountDownLatch ready = new CountDownLatch(0);
  private EventLoop.@Nullable Watch watch;
  private boolean open = true;
  private boolean unheld;

  private PipeEnd(EventLoop loop, Fd fd, int readiness) {
    this.loop = loop;
    this.fd = fd;
    this.readiness = readiness;
  }

  /** Takes over {@code fd}, which must not block, to read from it. */
  static PipeEnd reader(EventLoop loop, Fd fd) {
    return new PipeEnd(loop, fd, Epoll.EPOLLIN);
  }

  /** Takes over {@code fd}, which must not block, to write to it. */
  static PipeEnd writer(EventLoop loop, Fd fd) {
    return new PipeEnd(loop, fd, Epoll.EPOLLOUT);
  }

  /** What guards this end, and whatever its stream knows about it. */
  ReentrantLock lock() {
    return lock;
  }

  /** Whether there is a descriptor yet; asked, and acted upon, with the lock held. */
  boolean isOpen() {
    return open;
  }

  /** The descriptor; used with the lock held, since {@link #close()} does not wait for anybody. */
  Fd fd() {
    return fd;
  }

  /**
   * Attempts a transfer as often as it takes.
   *
   * @throws InterruptedIOException if the thread is interrupted while it has to wait; it stays so,
   *     and the pipe can still be used
   */
  int transfer(Transfer transfer) throws IOException {
    while (true) {
      CountDownLatch next;
      lock.lock();
      try {
        OptionalInt result = transfer.attempt();
        if (result.isPresent()) {
          return result.getAsInt();
        }
        next = nextReadiness();
      } finally {
        lock.unlock();
      }
      try {
        next.await();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for the pipe");
      }
    }
  }

  /**
   * Says that the last attempt met a terminal that nobody holds just now. epoll would report that
   * again and again, so the next attempt comes after a pause instead.
   */
  void isUnheld() {
    unheld = true;
  }

  private CountDownLatch nextReadiness() throws SyscallException {
    if (ready.getCount() > 0) {
      return ready; // asked for by another thread
    }
    ready = new CountDownLatch(1);
    if (unheld) {
      unheld = false;
      CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
          .execute(ready::countDown);
      return ready;
    }
    int events = readiness | Epoll.EPOLLONESHOT;
    if (watch == null) {
      watch = loop.watch(fd, events, this::wake);
    } else {
      watch.rearm(events);
    }
    return ready;
  }

  private void wake() {
    ready.countDown();
  }

  /** Gives the descriptor up and wakes whoever waits for it; the second time it does nothing. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (open) {
        open = false;
        if (watch != null) {
          watch.close();
        }
        fd.close();
        wake();
      }
    } finally {
      lock.unlock();
    }
  }
}
