package dev.berth.linux.sys;

import java.util.Optional;

/**
 * How a process ended.
 *
 * @param kind by itself or by a signal
 * @param status its exit status, or the number of the signal
 * @param rusage what it used; empty if that was not asked of its parent, who alone is told
 */
public record WaitResult(Kind kind, int status, Optional<Rusage> rusage) {

  /**
   * {@code si_code} of <a href="https://man7.org/linux/man-pages/man2/waitid.2.html">waitid(2)</a>.
   */
  public enum Kind {
    EXITED,
    KILLED,
    /** Killed, with a core dump. */
    DUMPED
  }

  /** As shells and the JDK have it: the exit status, or 128 and the signal. */
  public int exitValue() {
    return kind == Kind.EXITED ? status : 128 + status;
  }

  /** {@code exit status 1}, {@code signal 9}. */
  @Override
  public String toString() {
    return (kind == Kind.EXITED ? "exit status " : "signal ") + status;
  }
}
