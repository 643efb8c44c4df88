package dev.berth.linux.events;

import dev.berth.ContainerEvent;
import dev.berth.ContainerEvents;
import dev.berth.linux.sys.DaemonThreads;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Flow;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one subscriber. To offer never waits; virtual threads, one at a time, hand over
 * what was asked for.
 */
public final class EventQueue implements Flow.Subscription {
  private static final System.Logger LOG = System.getLogger(EventQueue.class.getName());

  private final Flow.Subscriber<? super ContainerEvent> subscriber;
  private final Predicate<ContainerEvent> isLast;
  private final Deque<ContainerEvent> waiting = new ArrayDeque<>();
  private long missed;
  private long demand;
  private boolean draining;

  /** How it goes on: no more is taken once there is an end. */
  private @Nullable Runnable end;

  private boolean cancelled;
  private Runnable whenOver = () -> {};

  /**
   * A queue without anything in it.
   *
   * @param isLast which event ends it
   */
  public EventQueue(
      Flow.Subscriber<? super ContainerEvent> subscriber, Predicate<ContainerEvent> isLast) {
    this.subscriber = subscriber;
    this.isLast = isLast;
  }

  /** Adds an event; the oldest one makes room for it if there is none. */
  synchronized void offer(ContainerEvent event) {
    if (cancelled || end != null) {
      return;
    }
    if (waiting.size() == ContainerEvents.CAPACITY) {
      waiting.removeFirst();
      missed++;
    }
    waiting.addLast(event);
    if (isLast.test(event)) {
      end = subscriber::onComplete;
    }
    drain();
  }

  /** Whether the subscriber wants no more, or has got the last. */
  synchronized boolean isOver() {
    return cancelled;
  }

  /** Runs {@code action} when it is over, or at once if it is. */
  public void whenOver(Runnable action) {
    synchronized (this) {
      if (!cancelled) {
        whenOver = action;
        return;
      }
    }
    action.run();
  }

  /** Ends it, after what waits. */
  public synchronized void fail(Throwable failure) {
    if (end == null) {
      end = () -> subscriber.onError(failure);
      drain();
    }
  }

  @Override
  public synchronized void request(long count) {
    if (count <= 0) {
      waiting.clear();
      missed = 0;
      fail(new IllegalArgumentException("request of %s events".formatted(count)));
      return;
    }
    demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
    drain();
  }

  @Override
  public void cancel() {
    synchronized (this) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      waiting.clear();
    }
    Watches.leave(this);
    whenOver.run();
  }

  private void drain() {
    if (!draining && isReady()) {
      draining = true;
      DaemonThreads.startVirtual(this::handOver);
    }
  }

  private boolean isReady() {
    return !cancelled && (isAboutToEnd() || (demand > 0 && (missed > 0 || !waiting.isEmpty())));
  }

  private boolean isAboutToEnd() {
    return end != null && missed == 0 && waiting.isEmpty();
  }

  private void handOver() {
    for (Runnable next = take(); next != null; next = take()) {
      try {
        next.run();
      } catch (RuntimeException | Error failure) {
        LOG.log(Level.ERROR, "a subscriber failed, and gets no more events", failure);
        cancel();
      }
    }
  }

  private synchronized @Nullable Runnable take() {
    if (!isReady()) {
      draining = false;
      return null;
    }
    Runnable last = end;
    if (last != null && isAboutToEnd()) {
      return () -> {
        cancel();
        last.run();
      };
    }
    demand--;
    ContainerEvent event = missed > 0 ? takeMissed() : waiting.removeFirst();
    return () -> subscriber.onNext(event);
  }

  private ContainerEvent takeMissed() {
    ContainerEvent event = new ContainerEvent.Missed(missed);
    missed = 0;
    return event;
  }
}
