package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The making of one process: {@code CLONE_VFORK} suspends the thread that clones until the child
 * executes the stub, which a frozen cgroup can keep it from. The kernel writes the pidfd before the
 * child runs, so that another thread can kill it.
 */
final class Birth {
  private static final int NONE = -1;
  private static final VarHandle PIDFD = JAVA_INT.varHandle();

  private final MemorySegment pidfd;
  private boolean over;

  /**
   * None yet.
   *
   * @param pidfd where the kernel will write it; memory that any thread may read
   */
  Birth(MemorySegment pidfd) {
    this.pidfd = pidfd;
    pidfd.set(JAVA_INT, 0, NONE);
  }

  /** Where the kernel writes the pidfd. */
  long address() {
    return pidfd.address();
  }

  /** Kills the child, if there is one yet; it may be called again. */
  synchronized void kill() {
    int number = over ? NONE : (int) PIDFD.getVolatile(pidfd, 0L);
    if (number != NONE) {
      Syscall.invoke(SyscallNumber.PIDFD_SEND_SIGNAL, number, Processes.SIGKILL, 0, 0);
    }
  }

  /** Ends it, once the thread goes on; the descriptor is the caller's now. */
  synchronized Fd end() {
    over = true;
    return new Fd(pidfd.get(JAVA_INT, 0));
  }

  /** Ends it without a child. */
  synchronized void fail() {
    over = true;
  }
}
