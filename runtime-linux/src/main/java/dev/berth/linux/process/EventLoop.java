package dev.berth.linux.process;

import dev.berth.linux.sys.DaemonThreads;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Epoll;
import dev.berth.linux.sys.EpollEvent;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that waits in the kernel, for whoever has to wait for a descriptor: a system call
 * that blocks would hold on to the carrier of a virtual thread. Everybody else waits in Java, for
 * an action that this thread runs.
 *
 * <p>No eventfd wakes it: a descriptor that is added to an epoll instance, changed or removed is so
 * for a wait that has begun already, and nothing else ever needs the thread.
 */
public final class EventLoop {

  private static final Logger LOGGER = System.getLogger(EventLoop.class.getName());
  private static final int EVENTS_AT_ONCE = 128;
  private static final int FOR_EVER = -1;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** How long the thread stays that nobody needs. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private static final Duration ENDS_WITHIN = Duration.ofSeconds(1);

  private static final EventLoop SHARED = new EventLoop();

  /** No watch has it. */
  private static final long WAKE_UP = 0;

  // The kernel hands back a key rather than a descriptor's number, which may be another file's by
  // the time its event is looked at.
  private final ConcurrentMap<Long, Runnable> actions = new ConcurrentHashMap<>();
  private final AtomicLong lastKey = new AtomicLong();

  /** Of the thread alone. */
  private final PriorityQueue<Later> later =
      new PriorityQueue<>((a, b) -> Long.signum(a.nanoTime - b.nanoTime));

  /** Guarded by this object, as is whether there is anything in {@link #actions}. */
  private @Nullable Running running;

  /** What to do after the thread has ended, which is as soon as nothing is watched. */
  private volatile @Nullable Runnable afterwards;

  /** Something to be done at a time, by {@link System#nanoTime()}. */
  private record Later(long nanoTime, Runnable action) {}

  /** What there is while something is watched, and a little longer. */
  private record Running(Epoll epoll, Fd wakeUp, Thread thread) {}

  private EventLoop() {}

  /** The loop of this JVM. Its thread and descriptors are there while something is watched. */
  public static EventLoop shared() {
    return SHARED;
  }

  private Running start() throws SyscallException {
    Epoll epoll = Epoll.create();
    try {
      Fd wakeUp = Descriptors.eventfd2(0, Descriptors.EFD_NONBLOCK);
      try {
        // Edge-triggered, so that nobody needs to read it.
        epoll.add(wakeUp, new EpollEvent(Epoll.EPOLLIN | Epoll.EPOLLET, WAKE_UP));
        Thread thread = DaemonThreads.named("berth-events", this::run);
        Running started = new Running(epoll, wakeUp, thread);
        running = started;
        thread.start();
        return started;
      } catch (SyscallException | RuntimeException | Error refused) {
        running = null;
        wakeUp.close();
        throw refused;
      }
    } catch (SyscallException | RuntimeException | Error refused) {
      epoll.close();
      throw refused;
    }
  }

  /**
   * Runs {@code action} whenever one of {@code events} happens to {@code fd}.
   *
   * @param events {@code EPOLL*}; with {@code EPOLLONESHOT} only once, until {@link Watch#rearm}
   * @param action short, and without a wait of its own; it may run before this method returns, and
   *     once more while the watch is being closed
   * @throws SyscallException if there is no descriptor left for the loop, or no memory
   */
  public Watch watch(Fd fd, int events, Runnable action) throws SyscallException {
    long key = lastKey.incrementAndGet();
    Running now;
    synchronized (this) {
      now = running == null ? start() : running;
      actions.put(key, action);
    }
    LockSupport.unpark(now.thread);
    try {
      now.epoll.add(fd, new EpollEvent(events, key));
    } catch (SyscallException refused) {
      forget(key);
      throw refused;
    }
    return new Watch(now.epoll, fd, key);
  }

  /**
   * With nothing to watch, the thread waits in Java rather than in the kernel: the end of a JVM, by
   * {@link System#exit}, waits 300 ms for threads that are in native code.
   */
  private void run() {
    long idleSince = System.nanoTime();
    while (true) {
      if (actions.isEmpty() && later.isEmpty()) {
        long left = idleSince + IDLE.toNanos() - System.nanoTime();
        Runnable last = afterwards;
        if ((left <= 0 || last != null) && isOver()) {
          if (last != null) {
            last.run();
          }
          return;
        }
        LockSupport.parkNanos(this, Math.max(1, left));
        continue;
      }
      try {
        for (EpollEvent event : epoll().await(EVENTS_AT_ONCE, timeoutMillis())) {
          run(event.data());
        }
        runDue();
      } catch (SyscallException impossible) {
        throw new AssertionError("an epoll instance that is never closed", impossible);
      }
      idleSince = System.nanoTime();
    }
  }

  private synchronized Epoll epoll() {
    return Objects.requireNonNull(running, "only its own thread ends it").epoll;
  }

  private synchronized boolean isOver() {
    if (!actions.isEmpty()) {
      return false;
    }
    Running last = Objects.requireNonNull(running, "only its own thread ends it");
    running = null;
    afterwards = null;
    last.epoll.close();
    last.wakeUp.close();
    return true;
  }

  /**
   * Ends the thread as soon as nothing is watched, and waits for that where it is so already.
   *
   * @param then run once it has ended, on any thread
   */
  public void end(Runnable then) {
    Optional<Thread> thread = Optional.empty();
    boolean isWatching;
    synchronized (this) {
      isWatching = !actions.isEmpty();
      if (running != null) {
        afterwards = then;
        thread = Optional.of(running.thread);
      }
    }
    if (thread.isEmpty()) {
      then.run();
      return;
    }
    LockSupport.unpark(thread.get());
    if (!isWatching) {
      awaitEnd(thread.get());
    }
  }

  private static void awaitEnd(Thread thread) {
    try {
      boolean _ = thread.join(ENDS_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Runs {@code action} once, after this time at the earliest. Only for actions, which this thread
   * runs.
   */
  public void later(Duration time, Runnable action) {
    if (!isOwnThread()) {
      throw new IllegalStateException("only an action may put off another");
    }
    later.add(new Later(System.nanoTime() + time.toNanos(), action));
  }

  private int timeoutMillis() {
    Later next = later.peek();
    if (next == null) {
      return FOR_EVER;
    }
    long nanos = Math.max(0, next.nanoTime - System.nanoTime());
    return (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(nanos, NANOS_PER_MILLI));
  }

  private void runDue() {
    for (Later next = later.peek();
        next != null && next.nanoTime - System.nanoTime() <= 0;
        next = later.peek()) {
      later.remove();
      run(next.action);
    }
  }

  private synchronized boolean isOwnThread() {
    return running != null && Thread.currentThread().equals(running.thread);
  }

  private synchronized void forget(long key) {
    actions.remove(key);
    if (running != null && actions.isEmpty() && !isOwnThread()) {
      wakeUp(running.wakeUp);
    }
  }

  private static void wakeUp(Fd wakeUp) {
    byte[] one = new byte[Long.BYTES];
    one[0] = 1;
    try {
      Descriptors.write(wakeUp, one, 0, one.length);
    } catch (SyscallException impossible) {
      throw new AssertionError("a counter that takes 2^64 - 2", impossible);
    }
  }

  private void run(long key) {
    Runnable action = actions.get(key);
    if (action != null) {
      run(action);
    }
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error failure) {
      // Of one process; the others' events must go on being seen.
      LOGGER.log(Level.ERROR, "an event of a process was lost", failure);
    }
  }

  /** A descriptor that the loop knows. */
  public final class Watch implements AutoCloseable {
    private final Epoll epoll;
    private final Fd fd;
    private final long key;

    private Watch(Epoll epoll, Fd fd, long key) {
      this.epoll = epoll;
      this.fd = fd;
      this.key = key;
    }

    /** Watches for {@code events} again. */
    public void rearm(int events) throws SyscallException {
      epoll.modify(fd, new EpollEvent(events, key));
    }

    /**
     * Forgets the descriptor. It comes before the descriptor's own close, which takes a file out of
     * an epoll instance only if no child of the JVM, between its fork and its exec, has a copy.
     */
    @Override
    public void close() {
      try {
        epoll.remove(fd);
      } catch (SyscallException impossible) {
        throw new AssertionError("a descriptor that was added and is open", impossible);
      } finally {
        forget(key);
      }
    }
  }
}
