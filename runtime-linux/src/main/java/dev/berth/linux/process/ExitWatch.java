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
  private final Reaping reaping;
  private final CompletableFuture<Exit> exit = new CompletableFuture<>();
  private @Nullable Watched watched;

  private ExitWatch(Observer observer, Reaping reaping) {
    this.observer = observer;
    this.reaping = reaping;
  }

  /** A process that has not been seen to end. */
  private record Watched(Fd pidfd, EventLoop.Watch watch) {}

  /** What there is to do when a pidfd is ready; the answer is empty if it is too early for it. */
  private interface Reaping {
    Optional<Exit> attempt(Fd pidfd, Observer observer);
  }

  /**
   * Takes over the pidfd of a child that nobody else in this JVM waits for.
   *
   * @throws SyscallException if it cannot be watched; it remains the caller's then
   */
  static ExitWatch ofChild(EventLoop loop, Fd pidfd, Observer observer) throws SyscallException {
    return new ExitWatch(observer, ExitWatch::reapChild).begin(loop, pidfd);
  }

  /**
   * Takes over the pidfd of a process that somebody else reaps, maybe in this very JVM.
   *
   * @throws SyscallException if it cannot be watched; it remains the caller's then
   */
  static ExitWatch ofOther(EventLoop loop, Fd pidfd, Observer observer) throws SyscallException {
    return new ExitWatch(observer, (_, known) -> Optional.of(unknown(known))).begin(loop, pidfd);
  }

  /** Of a process that was gone before anybody could watch it. */
  static ExitWatch ended(Observer observer) {
    ExitWatch ended = new ExitWatch(observer, (_, _) -> Optional.empty());
    ended.exit.complete(unknown(observer));
    return ended;
  }

  private static Exit unknown(Observer observer) {
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

  private void ready() {
    Optional<Exit> end;
    lock.lock();
    try {
      if (watched == null) {
        return;
      }
      end = reaping.attempt(watched.pidfd, observer);
      if (end.isPresent()) {
        watched.watch.close();
        watched.pidfd.close();
        watched = null;
      }
    } finally {
      lock.unlock();
    }
    end.ifPresent(exit::complete);
  }

  private static Optional<Exit> reapChild(Fd pidfd, Observer observer) {
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
