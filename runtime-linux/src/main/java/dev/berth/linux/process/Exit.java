package dev.berth.linux.process;

import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.Signal;
import dev.berth.linux.sys.Rusage;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The end of a process.
 *
 * @param nanoTime when it was seen, as {@link System#nanoTime()} has it
 * @param rusage what it used; empty if somebody else reaps it, to whom alone the kernel tells that
 * @param ending why
 * @param kills what the kernel had killed for want of memory by then
 */
record Exit(long nanoTime, Optional<Rusage> rusage, Ending ending, Optional<MemoryKills> kills) {

  /** As shells and the JDK have it: the exit status, or 128 and the signal; empty if unknown. */
  OptionalInt exitValue() {
    return switch (ending) {
      case Ending.Exited exited -> OptionalInt.of(exited.status());
      case Ending.Signalled signalled -> bySignal(signalled.signal());
      case Ending.Killed killed -> bySignal(killed.signal());
      case Ending.OutOfMemory _ -> bySignal(Signal.KILL);
      case Ending.TimedOut _ -> bySignal(Signal.KILL);
      case Ending.Unknown _ -> OptionalInt.empty();
    };
  }

  private static OptionalInt bySignal(Signal signal) {
    return OptionalInt.of(128 + signal.number());
  }
}
