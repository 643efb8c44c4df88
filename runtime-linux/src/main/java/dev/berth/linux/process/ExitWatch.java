package dev.berth.linux.process;

import dev.berth.Signal;
import dev.berth.linux.sys.Epoll;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.PidfdInfo;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.SyscallException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of one process, reaps it if that is for it to do, and closes the pidfd. Up to
 * there the process can be signalled.
 */
final class ExitWatch {

  /** What a parent takes that waits for its child, even on a busy machine. */
  private static final Duration REAPED_WITHIN = Duration.ofSeconds(1);

  private static final Duration LOOK_EVERY = Duration.ofMillis(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Observer observer;
  private final Owner owner;
  private final CompletableFuture<Exit> exit = new CompletableFuture<>();
  private @Nullable Watched watched;

  /** When it was seen that it had ended, though not whether it is reaped. */
  private OptionalLong ended = OptionalLong.empty();

  private ExitWatch(Observer observer, Owner owner) {
    this.observer = observer;
    this.owner = owner;
  }

  /** A process that has not been seen to end. */
  private record Watched(Fd pidfd, EventLoop loop, EventLoop.Watch watch) {}

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
    ended.exit.complete(observer.exitOfOther(System.nanoTime(), Optional.empty()));
    return ended;
  }

  private ExitWatch begin(EventLoop loop, Fd pidfd) throws SyscallException {
    lock.lock();
    try {
      // Edge-triggered: the pidfd of a child that a debugger traces is ready at its end, but it can
      // be reaped only after the debugger has done so, which is another edge.
      int events = Epoll.EPOLLIN | Epoll.EPOLLET;
      watched = new Watched(pidfd, loop, loop.watch(pidfd, events, this::ready));
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
    end(process -> owner == Owner.THIS ? reapChild(process.pidfd) : reapedByOther(process));
  }

  /** {@link #letGo}, and tells those who wait what is known. */
  void letGoOfOther() {
    if (owner == Owner.OTHER) {
      settle();
    }
  }

  /** Waits no longer for what is noted of the end: it is over, and there is no note any more. */
  void settle() {
    end(process ->
        owner == Owner.THIS
            ? reapChild(process.pidfd)
            : Optional.of(exitOfOther(System.nanoTime(), process.pidfd)));
  }

  private void end(Function<Watched, Optional<Exit>> how) {
    Optional<Exit> end;
    lock.lock();
    try {
      if (watched == null) {
        return;
      }
      end = how.apply(watched);
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
      // Until it is reaped, others wait for what is noted of its end.
      Optional<Exit> end =
          Processes.waitid(pidfd, Processes.WNOHANG | Processes.WNOWAIT)
              .map(result -> observer.exit(now, result));
      if (end.isPresent()) {
        reap(pidfd);
      }
      return end;
    } catch (SyscallException refused) {
      requireTaken(refused);
      return Optional.of(exitOfOther(now, pidfd));
    }
  }

  private static void reap(Fd pidfd) {
    try {
      Processes.waitid(pidfd, Processes.WNOHANG);
    } catch (SyscallException refused) {
      requireTaken(refused);
    }
  }

  /** Native code in this JVM that waits for whatever child ends may have taken it. */
  private static void requireTaken(SyscallException refused) {
    if (refused.errno() != Errno.ECHILD) {
      throw new AssertionError("a pidfd that is ready and open", refused);
    }
  }

  /**
   * Empty if it is too early: it has ended, but its parent may just be noting how. One that never
   * reaps its children is not waited for.
   */
  private Optional<Exit> reapedByOther(Watched process) {
    long now = System.nanoTime();
    if (ended.isEmpty()) {
      ended = OptionalLong.of(now);
      observer.memory().kills(); // whoever reaps it may delete its cgroup at once
    }
    long since = ended.getAsLong();
    if (now - since < REAPED_WITHIN.toNanos() && isThere(process.pidfd)) {
      process.loop.later(LOOK_EVERY, this::ready);
      return Optional.empty();
    }
    return Optional.of(exitOfOther(since, process.pidfd));
  }

  private Exit exitOfOther(long nanoTime, Fd pidfd) {
    try {
      return observer.exitOfOther(nanoTime, PidfdInfo.exit(pidfd));
    } catch (SyscallException refused) {
      throw new AssertionError("a pidfd that is open", refused);
    }
  }

  /** Whether it has not been reaped yet, of one that has ended. */
  private static boolean isThere(Fd pidfd) {
    try {
      Processes.pidfdSendSignal(pidfd, 0);
      return true;
    } catch (SyscallException refused) {
      return refused.errno() != Errno.ESRCH; // EPERM: it is, but somebody else's
    }
  }
}
