package dev.berth.linux.events;

import dev.berth.linux.process.EventLoop;
import dev.berth.linux.sys.Epoll;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.time.Duration;

/**
 * Memory that runs short in a cgroup of version 1. The kernel tells of it before it kills, and
 * nobody of the kill; so for a while it is looked for again and again, ever more rarely.
 */
final class Shortage implements FileWatches.FileWatch {
  private static final Duration FIRST = Duration.ofMillis(1);
  private static final Duration LAST = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Fd eventfd;
  private final Runnable look;
  private final EventLoop.Watch watch;

  /** On the event loop's thread alone. */
  private Duration next = FIRST;

  private boolean isPutOff;
  private volatile boolean closed;

  private Shortage(EventLoop loop, Fd eventfd, Runnable look) throws SyscallException {
    this.loop = loop;
    this.eventfd = eventfd;
    this.look = look;
    // Edge-triggered, so that nobody needs to read it.
    this.watch = loop.watch(eventfd, Epoll.EPOLLIN | Epoll.EPOLLET, this::begins);
  }

  /**
   * Runs {@code look} on the event loop's thread whenever there may have been kills. Takes over the
   * eventfd.
   */
  static Shortage watch(Fd eventfd, Runnable look) throws SyscallException {
    try {
      return new Shortage(EventLoop.shared(), eventfd, look);
    } catch (SyscallException e) {
      eventfd.close();
      throw e;
    }
  }

  private void begins() {
    next = FIRST;
    look.run();
    putOff();
  }

  private void putOff() {
    if (!isPutOff) {
      isPutOff = true;
      loop.later(next, this::again);
    }
  }

  private void again() {
    isPutOff = false;
    if (closed) {
      return;
    }
    look.run();
    next = next.multipliedBy(2);
    if (next.compareTo(LAST) <= 0) {
      putOff();
    }
  }

  @Override
  public void close() {
    closed = true;
    watch.close();
    eventfd.close();
  }
}
