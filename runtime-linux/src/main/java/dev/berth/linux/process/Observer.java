package dev.berth.linux.process;

import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.Signal;
import dev.berth.core.state.EndingRecord;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.WaitResult;
import java.util.Optional;

/**
 * What is known of a process besides what the kernel says at its end; it decides what that means.
 *
 * @param memory who knows of kills for want of memory
 * @param sent to this process alone
 * @param sentToAll processes of its container
 * @param note of its end, for others than its parent
 */
public record Observer(
    MemoryWitness memory, SentSignals sent, SentSignals sentToAll, EndingNote note) {

  /** Of the first process of a container, to all of whose processes {@code sentToAll} go. */
  public static Observer ofFirst(MemoryWitness memory, SentSignals sentToAll, EndingNote note) {
    return new Observer(memory, new SentSignals(), sentToAll, note);
  }

  /** Of a further process. */
  public static Observer of(MemoryWitness memory, SentSignals sentToAll) {
    return ofFirst(memory, sentToAll, EndingNote.NONE);
  }

  /** The end of a child of this JVM, with the reason, which is noted. */
  Exit exit(long nanoTime, WaitResult result) {
    Optional<MemoryKills> counted = memory.kills();
    Optional<MemoryKills> kills =
        counted.isEmpty() && isUnexplained(result) ? memory.likelyKill() : counted;
    Ending ending = ending(result, kills);
    note.write(ending, kills);
    return new Exit(nanoTime, result.rusage(), ending, kills);
  }

  /**
   * The end of a process that somebody else has reaped, with the reason, as far as it is known.
   *
   * @param told how it ended, where the kernel tells
   */
  Exit exitOfOther(long nanoTime, Optional<WaitResult> told) {
    Optional<MemoryKills> counted = memory.kills();
    Optional<EndingRecord> noted = note.read();
    if (noted.isPresent()) {
      Ending ending = fromHere(noted.get().ending());
      return new Exit(nanoTime, Optional.empty(), ending, noted.get().kills());
    }
    if (told.isPresent()) {
      // Only who has waited is told; now all are.
      Ending ending = ending(told.get(), counted);
      note.write(ending, counted);
      return new Exit(nanoTime, Optional.empty(), ending, counted);
    }
    return new Exit(nanoTime, Optional.empty(), new Ending.Unknown(), counted);
  }

  /** Its parent does not know what was sent from here. */
  private Ending fromHere(Ending noted) {
    return noted instanceof Ending.Signalled signalled && isSent(signalled.signal().number())
        ? new Ending.Killed(signalled.signal())
        : noted;
  }

  private boolean isUnexplained(WaitResult how) {
    return how.kind() != WaitResult.Kind.EXITED
        && how.status() == Processes.SIGKILL
        && !isSent(how.status());
  }

  private boolean isSent(int signal) {
    return sent.contains(signal) || sentToAll.contains(signal);
  }

  private Ending ending(WaitResult how, Optional<MemoryKills> kills) {
    if (how.kind() == WaitResult.Kind.EXITED) {
      return new Ending.Exited(how.status());
    }
    Signal signal = new Signal(how.status());
    if (isSent(how.status())) {
      return new Ending.Killed(signal);
    }
    if (how.status() == Processes.SIGKILL && kills.isPresent()) {
      return new Ending.OutOfMemory(kills.get());
    }
    return new Ending.Signalled(signal, how.kind() == WaitResult.Kind.DUMPED);
  }
}
