package dev.berth.linux.sys;

import java.util.concurrent.atomic.AtomicInteger;

/** A file descriptor that owns itself: whoever has the object may use the number, and closes it. */
public final class Fd implements AutoCloseable {

  private static final int CLOSED = -1;

  private final AtomicInteger number;

  /**
   * Takes over the descriptor {@code number}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Fd(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("descriptor " + number);
    }
    this.number = new AtomicInteger(number);
  }

  /**
   * What the kernel calls it.
   *
   * @throws IllegalStateException after {@link #close()}: the number may be somebody else's by now
   */
  public int number() {
    int value = number.get();
    if (value == CLOSED) {
      throw new IllegalStateException("descriptor used after its close");
    }
    return value;
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a>; the second time it
   * does nothing.
   *
   * @throws IllegalStateException if the descriptor was closed behind this object's back
   */
  @Override
  public void close() {
    int value = number.getAndSet(CLOSED);
    if (value == CLOSED) {
      return;
    }
    // Once, whatever the answer: Linux has given the number up even when it says EINTR, and another
    // thread may have it already. EBADF alone tells of a mistake, and of one that must be seen.
    if (Syscall.invoke(SyscallNumber.CLOSE, value) == -Errno.EBADF.number()) {
      throw new IllegalStateException("descriptor " + value + " was closed by somebody else");
    }
  }

  /** {@code 5}, as strace has it; {@code closed} after the close. */
  @Override
  public String toString() {
    int value = number.get();
    return value == CLOSED ? "closed" : Integer.toString(value);
  }
}
