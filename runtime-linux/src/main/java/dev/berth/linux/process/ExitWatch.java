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
 * Waits for the end of one process, reaps it if it is a child of this JVM, and closes the pidfd. Up
 * to there the process can be signalled, and nothing else can have its pid.
 */
final class ExitWatch {

  private final ReentrantLock lock = new ReentrantLock();
  private final Fd pidfd;
  private final CompletableFuture<Exit> exit = new CompletableFuture<>();
  private EventLoop.@Nullable Watch watch;

  private ExitWatch(Fd pidfd) {
    this.pidfd = pidfd;
  }

  /**
   * Takes over {@code pidfd}.
   *
   * @throws SyscallException if it cannot be watched; it remains the caller's then
   */
  static ExitWatch of(EventLoop loop, Fd pidfd) throws SyscallException {
    ExitWatch exit = new ExitWatch(pidfd);
    exit.begin(loop);
    return exit;
  }

  /** Completes on the event loop's thread, once the process is reaped. */
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

  private void begin(EventLoop loop) throws SyscallException {
    lock.lock();
    try {
      // Edge-triggered: the pidfd of a child that a debugger traces is ready at its end, but it can
      // be reaped only after the debugger has done so, which is another edge.
      watch = loop.watch(pidfd, Epoll.EPOLLIN | Epoll.EPOLLET, this::reap);
    } finally {
      lock.unlock();
    }
  }

  private void reap() {
    Optional<Exit> end;
    lock.lock();
    try {
      if (watch == null) {
        return;
      }
      end = tryWait();
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

  private Optional<Exit> tryWait() {
    long now = System.nanoTime();
    try {
      return Processes.waitid(pidfd, Processes.WNOHANG)
          .map(result -> new Exit(now, Optional.of(result)));
    } catch (SyscallException refused) {
      if (refused.errno() != Errno.ECHILD) {
        throw new AssertionError("a pidfd that is ready and open", refused);
      }
      return Optional.of(new Exit(now, Optional.empty()));
    }
  }
}
