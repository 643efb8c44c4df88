package dev.berth.linux.lifecycle;

import dev.berth.linux.events.EventQueue;
import dev.berth.linux.process.EventLoop;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.stub.Launcher;
import dev.berth.linux.sys.Cancellation;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What one {@code ContainerRuntime} has under way, and which processes end with it. What all
 * runtimes of a JVM share is given back when the last of them is closed.
 */
public final class RuntimeScope {
  /** Those that are open; also the lock that guards it. */
  private static final Set<RuntimeScope> OPEN = new HashSet<>();

  private final Duration launchTimeout;
  private final Set<Cancellation> pending = ConcurrentHashMap.newKeySet();
  private final Map<LinuxContainerProcess, Runnable> processes = new ConcurrentHashMap<>();
  private final Set<EventQueue> queues = ConcurrentHashMap.newKeySet();
  private int operations;
  private boolean closed;

  private RuntimeScope(Duration launchTimeout) {
    this.launchTimeout = launchTimeout;
  }

  /** Of a runtime that is open from now on. */
  public static RuntimeScope open(Duration launchTimeout) {
    RuntimeScope scope = new RuntimeScope(launchTimeout);
    synchronized (OPEN) {
      OPEN.add(scope);
    }
    return scope;
  }

  /** Something that may wait for other processes. */
  public interface Operation<T> {

    /** Does it, until {@code cancellation} ends it. */
    T run(Cancellation cancellation);
  }

  /**
   * Runs {@code operation} until its end, or that of this scope.
   *
   * @param limit for it
   * @throws IllegalStateException if the runtime is closed
   */
  public <T> T run(Duration limit, Operation<T> operation) {
    return ask(() -> {
      Cancellation cancellation = Cancellation.ofCurrentThread(limit, launchTimeout);
      pending.add(cancellation);
      try {
        if (isClosed()) { // since it was entered
          cancellation.cancel(Cancellation.Reason.CLOSED);
        }
        return operation.run(cancellation);
      } finally {
        pending.remove(cancellation);
      }
    });
  }

  /** The same, of what removes things, which neither an interrupt nor the end of the scope ends. */
  public <T> T cleanUp(Operation<T> operation) {
    return ask(() -> operation.run(cleanup()));
  }

  /** Of what removes things, also when the runtime is closed. */
  public Cancellation cleanup() {
    return Cancellation.ofCleanup(launchTimeout);
  }

  /**
   * Runs {@code question}, which waits for nobody.
   *
   * @throws IllegalStateException if the runtime is closed
   */
  public <T> T ask(Supplier<T> question) {
    enter();
    try {
      return question.get();
    } finally {
      leave();
    }
  }

  private synchronized void enter() {
    if (closed) {
      throw new IllegalStateException("the ContainerRuntime is closed");
    }
    operations++;
  }

  private synchronized void leave() {
    operations--;
    notifyAll();
  }

  /** Whether the runtime is closed, or is just being. */
  public synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Ends {@code process} with this scope, unless it has ended before.
   *
   * @param end how
   */
  public void own(LinuxContainerProcess process, Runnable end) {
    if (processes.putIfAbsent(process, end) == null) {
      var _ = process.whenEnded(_ -> processes.remove(process));
      if (isClosed()) { // since it was made
        end.run();
      }
    }
  }

  /** Ends the subscription with this scope, unless it has ended before. */
  public void own(EventQueue queue) {
    queues.add(queue);
    queue.whenOver(() -> queues.remove(queue));
  }

  /**
   * Ends what is under way and what is owned, and takes on nothing more. Returns when that has
   * ended, or waits in the kernel.
   */
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    pending.forEach(each -> each.cancel(Cancellation.Reason.CLOSED));
    awaitOperations();
    processes.values().forEach(Runnable::run);
    queues.forEach(EventQueue::cancel);
    boolean isLast;
    synchronized (OPEN) {
      OPEN.remove(this);
      isLast = OPEN.isEmpty();
    }
    if (isLast) {
      giveBack();
    }
  }

  /** Each is at its end, but for what it cleans up, which has a timeout of its own. */
  private synchronized void awaitOperations() {
    boolean interrupted = false;
    while (operations > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is still used, for a detached container whose end only its parent learns, goes later. */
  private static void giveBack() {
    Launcher.shared().endIdle();
    EventLoop.shared().end(RuntimeScope::closeMachine);
  }

  private static void closeMachine() {
    synchronized (OPEN) {
      if (OPEN.isEmpty()) {
        Machine.close();
      }
    }
  }
}
