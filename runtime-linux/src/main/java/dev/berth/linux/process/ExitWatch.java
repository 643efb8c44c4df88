package dev.berth.linux.process;

import dev.berth.Signal;
import dev.berth.linux.sys.Epoll;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.SyscallException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of one process, reaps it if that is for it to do, and closes the pidfd. Up to
 * there the process can be signalled.
 */
final class ExitWatch {

  private final ReentrantLock lock = new ReentrantLock();
  private final Observer observer;
  private final Owner owner;
  private final CompletableFuture<Exit> exit = new CompletableFuture<>();
  private @Nullable Watched watched;

  private ExitWatch(Observer observer, Owner owner) {
    this.observer = observer;
    this.owner = owner;
  }

  /** A process that has not been seen to end. */
  private record Watched(Fd pidfd, EventLoop.Watch watch) {}

  /** Who reaps the process, to whom alone the kernel tells how it ended. */
  private enum Owner {
    THIS,
    OTHER
  }

  /**
   * Takes over the pidfd of a child that nobody else in this JVM waits for.
   *
   * @throws SyscallException if it cannot be watched; it remains the caller's then
   */
  static ExitWatch ofChild(EventLoop loop, Fd pidfd, Observer observer) throws SyscallException {
    return new ExitWatch(observer, Owner.THIS).begin(loop, pidfd);
  }

  /**
   * Takes over the pidfd of a process that somebody else reaps, maybe in this very JVM.
   *
   * @throws SyscallException if it cannot be watched; it remains the caller's then
   */
  static ExitWatch ofOther(EventLoop loop, Fd pidfd, Observer observer) throws SyscallException {
    return new ExitWatch(observer, Owner.OTHER).begin(loop, pidfd);
  }

  /** Of a process that was gone before anybody could watch it. */
  static ExitWatch ended(Observer observer) {
    ExitWatch ended = new ExitWatch(observer, Owner.OTHER);
    ended.exit.complete(ended.unknown());
    return ended;
  }

  private Exit unknown() {
    return observer.exit(System.nanoTime(), Optional.empty());
  }

  private ExitWatch begin(EventLoop loop, Fd pidfd) throws SyscallException {
    lock.lock();
    try {
      // Edge-triggered: the pidfd of a child that a debugger traces is ready at its end, but it can
      // be reaped only after the debugger has done so, which is another edge.
      watched = new Watched(pidfd, loop.watch(pidfd, Epoll.EPOLLIN | Epoll.EPOLLET, this::ready));
      return this;
    } finally {
      lock.unlock();
    }
  }

  /** Completes on the event loop's thread, once the pidfd is closed. */
  CompletableFuture<Exit> exit() {
    return exit;
  }

  /** Sends a signal, unless the process has ended. */
  void signal(Signal signal) throws SyscallException {
    lock.lock();
    try {
      if (watched != null) {
        observer.sent().add(signal);
        Processes.pidfdSendSignal(watched.pidfd, signal.number());
      }
    } catch (SyscallException refused) {
      if (refused.errno() != Errno.ESRCH) { // another program has reaped its child
        throw refused;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops to wait for a process that somebody else reaps; for a child it does nothing. */
  void letGo() {
    lock.lock();
    try {
      if (owner == Owner.OTHER) {
        forget();
      }
    } finally {
      lock.unlock();
    }
  }

  private void forget() {
    if (watched != null) {
      watched.watch.close();
      watched.pidfd.close();
      watched = null;
    }
  }

  private void ready() {
    Optional<Exit> end;
    lock.lock();
    try {
      if (watched == null) {
        return;
      }
      end = owner == Owner.THIS ? reapChild(watched.pidfd) : Optional.of(unknown());
      if (end.isPresent()) {
        forget();
      }
    } finally {
      lock.unlock();
    }
    end.ifPresent(exit::complete);
  }

  /** Empty if it is too early: a debugger reaps what it traces first. */
  private Optional<Exit> reapChild(Fd pidfd) {
    long now = System.nanoTime();
    try {
      return Processes.waitid(pidfd, Processes.WNOHANG)
          .map(result -> observer.exit(now, Optional.of(result)));
    } catch (SyscallException refused) {
      if (refused.errno() != Errno.ECHILD) {
        throw new AssertionError("a pidfd that is ready and open", refused);
      }
      // Native code in this JVM that waits for whatever child ends has taken it.
      return Optional.of(observer.exit(now, Optional.empty()));
    }
  }
}
