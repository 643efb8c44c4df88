package dev.berth.linux.process;

import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.Signal;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.WaitResult;
import java.util.Optional;

/**
 * What is known of a process besides what the kernel says at its end; it decides what that means.
 *
 * @param memory who knows of kills for want of memory
 * @param sent to this process alone
 * @param sentToAll processes of its container
 */
public record Observer(MemoryWitness memory, SentSignals sent, SentSignals sentToAll) {

  /** Of a process in a container to whose processes {@code sentToAll} go. */
  public static Observer of(MemoryWitness memory, SentSignals sentToAll) {
    return new Observer(memory, new SentSignals(), sentToAll);
  }

  /** The end of the process, which is over now, with the reason. */
  Exit exit(long nanoTime, Optional<WaitResult> result) {
    Optional<MemoryKills> counted = memory.kills();
    Optional<MemoryKills> kills =
        counted.isEmpty() && result.filter(this::isUnexplained).isPresent()
            ? memory.likelyKill()
            : counted;
    Ending ending = result.map(how -> ending(how, kills)).orElseGet(Ending.Unknown::new);
    return new Exit(nanoTime, result, ending, kills);
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
