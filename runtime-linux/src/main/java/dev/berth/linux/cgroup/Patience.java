package dev.berth.linux.cgroup;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that the kernel does soon and tells nobody about: often at first. */
final class Patience {

  private static final long SHORTEST = 50_000;
  private static final long LONGEST = 10_000_000;

  private final long deadline;
  private long nanos = SHORTEST;

  Patience(Duration most) {
    this.deadline = System.nanoTime() + most.toNanos();
  }

  /** Waits a little, unless the time is over. An interrupt stays pending, and stops nothing. */
  boolean lasts() {
    if (System.nanoTime() - deadline >= 0) {
      return false;
    }
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(this, nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    nanos = Math.min(LONGEST, nanos * 2);
    return true;
  }
}
