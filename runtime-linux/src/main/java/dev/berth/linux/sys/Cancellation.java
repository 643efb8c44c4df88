package dev.berth.linux.sys;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends the waits of one operation: when its time is over, when the thread that called is
 * interrupted, or when another thread says so. Every wait of the operation that depends on another
 * process goes through {@link #await} or {@link #sleep}, on whichever thread it is made.
 */
public final class Cancellation {

  /** Longer than anything takes. */
  public static final Duration NO_LIMIT = Duration.ofNanos(Long.MAX_VALUE);

  /** How soon a wait notices that it is to end. */
  private static final Duration NOTICED_WITHIN = Duration.ofMillis(50);

  private final long begun = System.nanoTime();
  private final long limit;
  private final Duration timeoutAfter;
  private final @Nullable Thread interruptible;
  private final Set<Runnable> killers = ConcurrentHashMap.newKeySet();
  private volatile long timeout = Long.MAX_VALUE;
  private volatile @Nullable Reason reason;

  /** What ended an operation. */
  public enum Reason {
    /** The runtime was closed. */
    CLOSED,
    /** The thread that called was interrupted. */
    INTERRUPTED,
    /** The limit that the caller gave for the operation and all that follows was reached. */
    LIMIT,
    /** The timeout for every operation of its kind was reached. */
    TIMEOUT
  }

  private String message(Reason why) {
    return switch (why) {
      case CLOSED -> "not done: the ContainerRuntime was closed";
      case INTERRUPTED -> "not done: the calling thread was interrupted";
      case LIMIT -> "not done within its time limit";
      case TIMEOUT ->
          ("not done within the launch timeout of %s ms: a hook, a file system or another process"
                  + " does not answer, or a process of the container has stopped it; raise"
                  + " ContainerRuntime.Builder.launchTimeout if it needs longer")
              .formatted(timeoutAfter.toMillis());
    };
  }

  private Cancellation(Duration limit, Duration timeoutAfter, @Nullable Thread interruptible) {
    this.limit = nanos(limit);
    this.timeoutAfter = timeoutAfter;
    this.interruptible = interruptible;
    startTimeout();
  }

  /**
   * Of an operation that an interrupt of the current thread ends.
   *
   * @param limit from now on
   * @param timeout from now on, or from the last {@link #startTimeout}
   */
  public static Cancellation ofCurrentThread(Duration limit, Duration timeout) {
    return new Cancellation(limit, timeout, Thread.currentThread());
  }

  /** Of an operation that only the timeout ends, since it cleans up. */
  public static Cancellation ofCleanup(Duration timeout) {
    return new Cancellation(NO_LIMIT, timeout, null);
  }

  /** Of the clean-up after this operation. */
  public Cancellation cleanup() {
    return ofCleanup(timeoutAfter);
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(NO_LIMIT) > 0 ? Long.MAX_VALUE : duration.toNanos();
  }

  /** Begins the timeout anew. */
  public synchronized void startTimeout() {
    timeout = sum(elapsed(), nanos(timeoutAfter));
  }

  /** Puts the timeout off, for something that has a timeout of its own. */
  public synchronized void extendTimeout(Duration duration) {
    timeout = sum(timeout, nanos(duration));
  }

  private static long sum(long a, long b) {
    return a + b < 0 ? Long.MAX_VALUE : a + b;
  }

  private long elapsed() {
    return System.nanoTime() - begun;
  }

  /** Ends the operation; the first reason counts. */
  public synchronized void cancel(Reason why) {
    if (reason == null) {
      reason = why;
    }
    killers.forEach(Runnable::run);
  }

  /** A phase of an operation during which the thread that makes it cannot look. */
  public interface Phase extends AutoCloseable {
    @Override
    void close();
  }

  /** Begins a phase that {@code killer} ends; it may run several times, on any thread. */
  public Phase killable(Runnable killer) {
    killers.add(killer);
    if (reason != null) {
      killer.run();
    }
    return () -> killers.remove(killer);
  }

  /**
   * Whether the operation has ended early.
   *
   * @throws CancelledException if so
   */
  public void check() throws CancelledException {
    if (reason == null) {
      long now = elapsed();
      if (now >= limit) {
        cancel(Reason.LIMIT);
      } else if (now >= timeout) {
        cancel(Reason.TIMEOUT);
      } else if (isInterruptible() && Thread.currentThread().isInterrupted()) {
        cancel(Reason.INTERRUPTED);
      }
    }
    Reason why = reason;
    if (why != null) {
      throw new CancelledException(why, message(why));
    }
  }

  /** Whether the operation has ended early, or is to. */
  public boolean isOver() {
    try {
      check();
      return false;
    } catch (CancelledException _) {
      return true;
    }
  }

  /** How long it takes at most until it is over by itself. */
  public Duration untilOver() {
    return Duration.ofNanos(Math.max(1, Math.min(limit, timeout) - elapsed()));
  }

  /** Whether an interrupt of the current thread ends the operation. */
  public boolean isInterruptible() {
    return Thread.currentThread().equals(interruptible);
  }

  /**
   * Waits until one of {@code events} has happened to {@code fd}.
   *
   * @param events {@code POLL*}; errors and hang-ups are always among them
   * @throws CancelledException if the operation ends before
   */
  public void await(Fd fd, int events) throws IOException {
    do {
      check();
    } while (KernelWait.of(() -> Descriptors.poll(fd, events, noticed(NOTICED_WITHIN))) == 0);
  }

  /**
   * Waits for this time.
   *
   * @throws CancelledException if the operation ends before
   */
  public void sleep(Duration time) throws CancelledException {
    long end = System.nanoTime() + time.toNanos();
    check();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      // Pending, an interrupt would end every wait at once; one that counts is seen by the check.
      boolean interrupted = Thread.interrupted();
      LockSupport.parkNanos(this, noticed(Duration.ofNanos(left)).toNanos());
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      check();
    }
  }

  /** How long to wait before the next look. */
  Duration noticed(Duration most) {
    long left = Math.max(0, Math.min(limit, timeout) - elapsed());
    long slice = Math.min(NOTICED_WITHIN.toNanos(), most.toNanos());
    return Duration.ofNanos(Math.min(left, slice));
  }
}
