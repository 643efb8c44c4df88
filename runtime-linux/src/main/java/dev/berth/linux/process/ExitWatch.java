package dev.berth.linux.process;

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
  private final Fd pidfd;
  private final Reaping reaping;
  private final CompletableFuture<Exit> exit = new CompletableFuture<>();
  private EventLoop.@Nullable Watch watch;

  private ExitWatch(Fd pidfd, Reaping reaping) {
    this.pidfd = pidfd;
    this.reaping = reaping;
  }

  /** What there is to do when a pidfd is ready; the answer is empty if it is too early for it. */
  private interface Reaping {
    Optional<Exit> attempt(Fd pidfd);
  }

  /**
   * Takes over the pidfd of a child that nobody else in this JVM waits for.
   *
   * @throws SyscallException if it cannot be watched; it remains the caller's then
   */
  static ExitWatch ofChild(EventLoop loop, Fd pidfd) throws SyscallException {
    return begin(loop, new ExitWatch(pidfd, ExitWatch::reapChild));
  }

  /**
   * Takes over the pidfd of a process that somebody else reaps, maybe in this very JVM.
   *
   * @throws SyscallException if it cannot be watched; it remains the caller's then
   */
  static ExitWatch ofOther(EventLoop loop, Fd pidfd) throws SyscallException {
    return begin(
        loop,
        new ExitWatch(pidfd, _ -> Optional.of(new Exit(System.nanoTime(), Optional.empty()))));
  }

  private static ExitWatch begin(EventLoop loop, ExitWatch exit) throws SyscallException {
    exit.lock.lock();
    try {
      // Edge-triggered: the pidfd of a child that a debugger traces is ready at its end, but it can
      // be reaped only after the debugger has done so, which is another edge.
      exit.watch = loop.watch(exit.pidfd, Epoll.EPOLLIN | Epoll.EPOLLET, exit::ready);
      return exit;
    } finally {
      exit.lock.unlock();
    }
  }

  /** Completes on the event loop's thread, once the pidfd is closed. */
  CompletableFuture<Exit> exit() {
    return exit;
  }

  /** Sends a signal, unless the process has ended. */
  void signal(int signal) throws SyscallException {
    lock.lock();
    try {
      if (watch != null) {
        Processes.pidfdSendSignal(pidfd, signal);
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
      if (watch == null) {
        return;
      }
      end = reaping.attempt(pidfd);
      if (end.isPresent()) {
        watch.close();
        watch = null;
        pidfd.close();
      }
    } finally {
      lock.unlock();
    }
    end.ifPresent(exit::complete);
  }

  private static Optional<Exit> reapChild(Fd pidfd) {
    long now = System.nanoTime();
    try {
      return Processes.waitid(pidfd, Processes.WNOHANG)
          .map(result -> new Exit(now, Optional.of(result)));
    } catch (SyscallException refused) {
      if (refused.errno() != Errno.ECHILD) {
        throw new AssertionError("a pidfd that is ready and open", refused);
      }
      // Native code in this JVM that waits for whatever child ends has taken it.
      return Optional.of(new Exit(now, Optional.empty()));
    }
  }
}
