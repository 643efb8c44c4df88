package dev.berth.linux.process;

import dev.berth.Signal;
import java.util.concurrent.atomic.AtomicLong;

/** The signals that this JVM has sent to a process, or to all processes of a container. */
public final class SentSignals {
  private final AtomicLong bits = new AtomicLong();

  /** Remembers one, before it is sent: its effect must not be seen earlier. */
  public void add(Signal signal) {
    bits.getAndUpdate(before -> before | bit(signal.number()));
  }

  boolean contains(int signal) {
    return (bits.get() & bit(signal)) != 0;
  }

  /** Signals are numbered from 1 to 64. */
  private static long bit(int signal) {
    return 1L << (signal - 1);
  }
}
