package dev.berth.linux.sys;

import java.util.concurrent.ThreadFactory;

/**
 * Makes the library's threads. They outlive the call that happens to be the first, so they keep
 * nothing of its thread: not its group, context class loader, inheritable thread locals or
 * priority, each of which could keep an application from being unloaded.
 */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** Threads with this name and a number. */
  public static ThreadFactory numbered(String prefix) {
    return builder().name(prefix, 0).factory();
  }

  /** One thread with this name, not started. */
  public static Thread named(String name, Runnable task) {
    return builder().name(name).unstarted(task);
  }

  /** Starts a virtual thread, which keeps as little. */
  public static void startVirtual(Runnable task) {
    Thread.ofVirtual().inheritInheritableThreadLocals(false).start(task);
  }

  @SuppressWarnings("ThreadPriorityCheck") // it is what a thread has that inherits none
  private static Thread.Builder.OfPlatform builder() {
    return Thread.ofPlatform()
        .group(outermost())
        .daemon()
        .priority(Thread.NORM_PRIORITY)
        // Then the context class loader is the system's.
        .inheritInheritableThreadLocals(false);
  }

  private static ThreadGroup outermost() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    for (ThreadGroup outer = group.getParent(); outer != null; outer = group.getParent()) {
      group = outer;
    }
    return group;
  }
}
