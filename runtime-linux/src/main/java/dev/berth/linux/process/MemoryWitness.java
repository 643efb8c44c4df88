package dev.berth.linux.process;

import dev.berth.MemoryKills;
import java.util.Optional;

/** Who knows what the kernel kills for want of memory where a process is. */
@FunctionalInterface
public interface MemoryWitness {

  /**
   * What it has killed during the life of the process; empty if nothing, or if nobody counts. Asked
   * on the event loop's thread, as soon as the process has ended.
   */
  Optional<MemoryKills> kills();

  /**
   * What it has most likely killed where that can be counted no more, since the cgroup has gone
   * with the process. Asked of a process that a SIGKILL ended which this JVM has not sent.
   */
  default Optional<MemoryKills> likelyKill() {
    return Optional.empty();
  }
}
