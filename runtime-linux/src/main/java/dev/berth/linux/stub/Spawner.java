package dev.berth.linux.stub;

import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Threads that make processes: the signal of {@code PR_SET_PDEATHSIG} comes when the
 * <em>thread</em> ends that made the process, which a caller's, a pool's or a virtual thread's
 * carrier may do at any time. One of these ends once it has been idle for a while and all processes
 * that it made have ended; the native code goes with the last.
 *
 * <p>A thread stays with its process until that is its program: to hand it back to the caller
 * before, only to wait again, would cost about as much as the exec. There are as many threads as
 * there were lately processes on their way at once.
 */
final class Spawner {

  /** What a process that was killed takes to end, unless it waits in the kernel. */
  private static final Duration DEATH_TAKES = Duration.ofSeconds(10);

  final ReentrantLock lock = new ReentrantLock();

  /** The last one that became idle first: the others can end. */
  private final Deque<SpawnThread> idle = new ArrayDeque<>();

  private int threads;
  private @Nullable NativeCode code;

  /** What one of the threads does. */
  @FunctionalInterface
  interface Task<T> {
    T run(SpawnThread thread) throws IOException;
  }

  /** Takes back what a task has made, since nobody waits for it any more. */
  @FunctionalInterface
  interface Undo<T> {
    void undo(T made);
  }

  /**
   * Runs {@code task}.
   *
   * @param undo for what it makes after this method has thrown
   * @throws CancelledException if the operation ended before
   */
  <T> T call(Task<T> task, Undo<T> undo, Cancellation cancellation) throws IOException {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    SpawnThread thread = thread();
    thread.assign(() -> run(task, undo, outcome, thread));
    return result(outcome, cancellation);
  }

  private static <T> void run(
      Task<T> task, Undo<T> undo, CompletableFuture<T> outcome, SpawnThread thread) {
    T made;
    try {
      made = task.run(thread);
    } catch (IOException | RuntimeException | Error failed) {
      outcome.completeExceptionally(failed);
      return;
    }
    if (!outcome.complete(made)) {
      undo.undo(made);
    }
  }

  /** Not to be left before the task is over: nobody else would ever know of the process. */
  private static <T> T result(CompletableFuture<T> outcome, Cancellation cancellation)
      throws IOException {
    boolean interrupted = false;
    long killed = Long.MAX_VALUE;
    try {
      while (true) {
        try {
          Duration slice = killed == Long.MAX_VALUE ? cancellation.untilOver() : DEATH_TAKES;
          return outcome.get(slice.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
          interrupted = true;
          if (cancellation.isInterruptible()) {
            cancellation.cancel(Cancellation.Reason.INTERRUPTED);
          }
        } catch (TimeoutException _) {
          // What follows looks whether it was the operation's.
        }
        if (cancellation.isOver()) {
          killed = Math.min(killed, System.nanoTime());
          if (System.nanoTime() - killed > DEATH_TAKES.toNanos()) {
            giveUp(outcome, cancellation);
          }
        }
      }
    } catch (ExecutionException failed) {
      throw thrown(failed.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The thread goes on until the process has ended after all. */
  private static void giveUp(CompletableFuture<?> outcome, Cancellation cancellation) {
    try {
      cancellation.check();
    } catch (CancelledException over) {
      IOException waits =
          new IOException(
              "a process of it is still there %s s after SIGKILL, since it waits in the kernel"
                  .formatted(DEATH_TAKES.toSeconds()));
      over.addSuppressed(waits);
      outcome.completeExceptionally(over);
    }
  }

  private static IOException thrown(@Nullable Throwable cause) {
    return switch (cause) {
      case IOException refused -> refused;
      case RuntimeException mistake -> throw mistake;
      case Error error -> throw error;
      case null, default -> throw new AssertionError("a task throws nothing else", cause);
    };
  }

  /** The native code, for one of the threads. */
  NativeCode code() throws IOException {
    lock.lock();
    try {
      NativeCode loaded = code;
      if (loaded == null) {
        loaded = NativeCode.load();
        code = loaded;
      }
      return loaded;
    } finally {
      lock.unlock();
    }
  }

  private SpawnThread thread() {
    lock.lock();
    try {
      SpawnThread free = idle.pollFirst();
      if (free == null) {
        free = new SpawnThread(this);
        threads++;
        free.start();
      }
      return free;
    } finally {
      lock.unlock();
    }
  }

  /** With the lock held. */
  void isIdle(SpawnThread thread) {
    idle.addFirst(thread);
  }

  /** With the lock held; whether the thread may end, since nobody has taken it meanwhile. */
  boolean leave(SpawnThread thread) throws SyscallException {
    if (!idle.remove(thread)) {
      return false;
    }
    threads--;
    if (threads == 0 && code != null) {
      NativeCode last = code;
      code = null;
      last.close();
    }
    return true;
  }

  /** Ends the threads that nobody needs now. */
  void endIdle() {
    lock.lock();
    try {
      idle.forEach(SpawnThread::hurry);
    } finally {
      lock.unlock();
    }
  }
}
