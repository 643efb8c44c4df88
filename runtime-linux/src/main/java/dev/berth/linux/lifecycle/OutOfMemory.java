package dev.berth.linux.lifecycle;

import dev.berth.MemoryKills;
import dev.berth.core.cgroup.MemoryEvents;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.MemoryCounters;
import dev.berth.linux.events.FileWatches;
import dev.berth.linux.events.MemoryWatch;
import dev.berth.linux.process.MemoryWitness;
import dev.berth.linux.stub.StepFailedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The one reason for a process to end that it cannot tell itself, in the cgroup of a container. */
final class OutOfMemory implements MemoryWitness {
  private static final System.Logger LOG = System.getLogger(OutOfMemory.class.getName());

  private static final Set<MemoryKills.Limit> OWN_LIMITS =
      Set.of(MemoryKills.Limit.MEMORY, MemoryKills.Limit.MEMORY_AND_SWAP);

  private static final Duration JUST_BEFORE = Duration.ofSeconds(1);

  private final Optional<MemoryCounters> counters;

  /** Of the container, where this is about a cgroup inside. */
  private final Optional<OutOfMemory> around;

  /** What had been counted before. */
  private final MemoryEvents before;

  /** What was found last: all that is known once the cgroup is gone. */
  private Optional<MemoryKills> found = Optional.empty();

  /** When something was last said to be counted; {@link System#nanoTime}. */
  private OptionalLong noticed = OptionalLong.empty();

  private OutOfMemory(
      Optional<MemoryCounters> counters, Optional<OutOfMemory> around, MemoryEvents before) {
    this.counters = counters;
    this.around = around;
    this.before = before;
  }

  /** From the beginning of the container on. */
  static OutOfMemory from(Optional<Cgroup> cgroup) throws IOException {
    return cgroup.isPresent() && !cgroup.get().isNew()
        ? during(cgroup)
        : new OutOfMemory(
            cgroup.flatMap(Cgroup::memoryCounters), Optional.empty(), MemoryEvents.NONE);
  }

  /** From now on. */
  static OutOfMemory during(Optional<Cgroup> cgroup) throws IOException {
    return during(cgroup, Optional.empty());
  }

  private static OutOfMemory during(Optional<Cgroup> cgroup, Optional<OutOfMemory> around)
      throws IOException {
    Optional<MemoryCounters> counters = cgroup.flatMap(Cgroup::memoryCounters);
    MemoryEvents now =
        counters.isPresent() ? counters.get().read().orElse(MemoryEvents.NONE) : MemoryEvents.NONE;
    return new OutOfMemory(counters, around, now);
  }

  /** The same in a cgroup inside the container's, or in the container's where that counts none. */
  static OutOfMemory duringIn(Cgroup inside, Optional<Cgroup> container) throws IOException {
    Optional<MemoryCounters> counters = inside.memoryCounters();
    boolean counted = counters.isPresent() && counters.get().read().isPresent();
    OutOfMemory around = during(container);
    return counted ? during(Optional.of(inside), Optional.of(around)) : around;
  }

  /**
   * Looks whenever something has been counted, until the returned object is closed: for a cgroup
   * that may be gone before anybody could look at the end of a process.
   */
  FileWatches.FileWatch follow() throws IOException {
    return counters.isPresent() ? MemoryWatch.of(counters.get(), this::notice) : () -> {};
  }

  @Override
  public synchronized Optional<MemoryKills> kills() {
    try {
      return sinceThen();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "whether there was no memory left is not known: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  private synchronized void notice() {
    noticed = OptionalLong.of(System.nanoTime());
    kills();
  }

  /**
   * A kill, if the cgroup is gone and the kernel has said, just before, that memory was short. What
   * it counts within ten milliseconds it tells together, the first at once and the rest later, and
   * by then the cgroup may be gone.
   */
  @Override
  public synchronized Optional<MemoryKills> likelyKill() {
    boolean wasShort =
        noticed.isPresent() && System.nanoTime() - noticed.getAsLong() < JUST_BEFORE.toNanos();
    return wasShort && isGone()
        ? Optional.of(new MemoryKills(1, 0, MemoryKills.Limit.MEMORY, OptionalLong.empty()))
        : Optional.empty();
  }

  private boolean isGone() {
    try {
      return counters.isPresent() && counters.get().read().isEmpty();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "whether the cgroup is gone is not known: {0}", e.getMessage());
      return false;
    }
  }

  private Optional<MemoryKills> sinceThen() throws IOException {
    if (counters.isEmpty()) {
      return Optional.empty();
    }
    Optional<MemoryEvents> now = counters.get().read();
    // What is known already is not asked again: the cgroup may be going.
    long known = found.map(MemoryKills::processes).orElse(0L);
    if (now.isPresent() && now.get().kills() - before.kills() > known) {
      found = Optional.of(limited(counters.get().kills(now.get().since(before))));
    }
    return found;
  }

  /** What is outside of a cgroup in the container's may be the container's own limit. */
  private MemoryKills limited(MemoryKills kills) throws IOException {
    if (kills.limit() != MemoryKills.Limit.OUTSIDE || around.isEmpty()) {
      return kills;
    }
    return around
        .get()
        .sinceThen()
        .filter(outer -> OWN_LIMITS.contains(outer.limit()))
        .map(outer ->
            new MemoryKills(kills.processes(), kills.groups(), outer.limit(), outer.bytes()))
        .orElse(kills);
  }

  /** {@code failure}, with that reason if it is the one. */
  synchronized IOException explained(IOException failure) throws IOException {
    boolean unexplained = !(failure instanceof StepFailedException);
    if (unexplained && sinceThen().isPresent()) {
      return new IOException(
          failure.getMessage()
              + "; the kernel killed it, for its cgroup ran out of memory: raise"
              + " linux.resources.memory.limit",
          failure);
    }
    return failure;
  }
}
