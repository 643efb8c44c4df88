package dev.berth.linux.events;

import dev.berth.ContainerEvent;
import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.core.cgroup.CgroupText;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupFile;
import dev.berth.linux.cgroup.MemoryCounters;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Inotify;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One container that somebody watches, and what is known of it. The kernel says only that a file
 * has changed, late at times and once for several changes; so what counts is what is in it.
 */
public final class ContainerWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ContainerWatch.class.getName());

  private final String id;
  private final LinuxContainerProcess process;
  private final Optional<MemoryCounters> memory;
  private final Optional<CgroupFile> cgroupEvents;
  private final Optional<CgroupFile> pidsEvents;
  private final Runnable onDeleted;
  private final List<FileWatches.FileWatch> watches = new ArrayList<>();
  private final Set<EventQueue> queues = new LinkedHashSet<>();

  private @Nullable Future<?> end;
  private @Nullable MemoryKills kills;
  private long refusals;
  private boolean frozen;
  private boolean emptied;
  private @Nullable Ending ending;

  private ContainerWatch(
      Optional<Cgroup> cgroup, LinuxContainerProcess process, Runnable onDeleted) {
    this.id = process.containerId();
    this.process = process;
    this.memory = cgroup.flatMap(Cgroup::memoryCounters);
    this.cgroupEvents = cgroup.flatMap(Cgroup::events);
    this.pidsEvents = cgroup.flatMap(Cgroup::pidsEvents);
    this.onDeleted = onDeleted;
  }

  /**
   * Watches a container until {@link #close}.
   *
   * @param directory its state, which goes with it
   * @param process its first, which is let go of in the end
   * @param onDeleted run on the event loop's thread when it has been deleted
   */
  public static ContainerWatch open(
      Fd directory, Optional<Cgroup> cgroup, LinuxContainerProcess process, Runnable onDeleted)
      throws IOException {
    ContainerWatch watch = new ContainerWatch(cgroup, process, onDeleted);
    try {
      watch.begin(directory);
      return watch;
    } catch (IOException | RuntimeException e) {
      watch.close();
      throw e;
    }
  }

  /** What is to be noticed is watched first and then looked at, so that nothing falls between. */
  private synchronized void begin(Fd directory) throws IOException {
    FileWatches files = FileWatches.shared();
    if (memory.isPresent()) {
      watches.add(MemoryWatch.of(memory.get(), this::lookAtMemory));
    }
    watch(cgroupEvents, () -> look(this::lookAtState));
    watch(pidsEvents, () -> look(this::lookAtPids));
    watches.add(files.add(directory, Inotify.IN_DELETE_SELF, this::deleted));
    lookAtMemory();
    lookAtPids();
    lookAtState();
    end = process.whenEnded(this::exited);
  }

  private void watch(Optional<CgroupFile> events, Runnable look) throws IOException {
    Optional<Fd> opened = events.isPresent() ? events.get().open() : Optional.empty();
    if (opened.isPresent()) {
      try (Fd file = opened.get()) {
        watches.add(FileWatches.shared().add(file, Inotify.IN_MODIFY, look));
      }
    }
  }

  /** From now on {@code queue} gets what happens, and first what is already so. */
  synchronized void add(EventQueue queue) {
    if (queues.add(queue)) {
      tellWhatIsSo(queue);
    }
  }

  private void tellWhatIsSo(EventQueue queue) {
    if (kills != null) {
      queue.offer(new ContainerEvent.OutOfMemory(id, kills, kills.processes()));
    }
    if (refusals > 0) {
      queue.offer(new ContainerEvent.PidsLimitReached(id, refusals));
    }
    if (frozen) {
      queue.offer(new ContainerEvent.Paused(id));
    }
    if (ending != null) {
      queue.offer(new ContainerEvent.Exited(id, ending));
    }
    if (emptied) {
      queue.offer(new ContainerEvent.Emptied(id));
    }
  }

  /** Whether nobody is left. */
  synchronized boolean remove(EventQueue queue) {
    queues.remove(queue);
    return queues.isEmpty();
  }

  /** Before the cgroup goes, and its counters with it. */
  void lastLook() {
    lookAtMemory();
    look(this::lookAtPids);
    look(this::lookAtState);
  }

  private synchronized void lookAtMemory() {
    Optional<MemoryKills> now = process.observer().memory().kills();
    long before = kills == null ? 0 : kills.processes();
    if (now.isPresent() && now.get().processes() > before) {
      kills = now.get();
      tell(new ContainerEvent.OutOfMemory(id, kills, kills.processes() - before));
    }
  }

  private void lookAtPids() throws IOException {
    Optional<String> text = read(pidsEvents);
    long now = text.map(events -> CgroupText.count(events, "max")).orElse(refusals);
    if (now > refusals) {
      refusals = now;
      tell(new ContainerEvent.PidsLimitReached(id, refusals));
    }
  }

  private void lookAtState() throws IOException {
    Optional<String> text = read(cgroupEvents);
    boolean nowFrozen = text.map(events -> CgroupText.holds(events, "frozen")).orElse(frozen);
    if (nowFrozen != frozen) {
      frozen = nowFrozen;
      tell(frozen ? new ContainerEvent.Paused(id) : new ContainerEvent.Resumed(id));
    }
    // A cgroup that is gone was empty before, even if that could not be read any more.
    boolean nowEmptied =
        cgroupEvents.isPresent()
            && !text.map(events -> CgroupText.holds(events, "populated")).orElse(false);
    if (nowEmptied && !emptied) {
      lookAtMemory();
      tell(new ContainerEvent.Emptied(id));
    }
    emptied = nowEmptied;
  }

  private synchronized void exited(Ending how) {
    lookAtMemory();
    ending = how;
    tell(new ContainerEvent.Exited(id, how));
  }

  private void deleted() {
    process.settle();
    synchronized (this) {
      look(this::lookAtState);
      tell(new ContainerEvent.Deleted(id));
      queues.clear();
    }
    onDeleted.run();
  }

  private void tell(ContainerEvent event) {
    queues.forEach(queue -> queue.offer(event));
  }

  private static Optional<String> read(Optional<CgroupFile> file) throws IOException {
    return file.isPresent() ? file.get().read() : Optional.empty();
  }

  private interface Look {
    void look() throws IOException;
  }

  /** What cannot be read must not keep what can be from being told. */
  private synchronized void look(Look look) {
    try {
      look.look();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "events of container \"{0}\": {1}", id, e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    watches.forEach(FileWatches.FileWatch::close);
    watches.clear();
    if (end != null) {
      end.cancel(false);
    }
    process.letGo();
  }
}
