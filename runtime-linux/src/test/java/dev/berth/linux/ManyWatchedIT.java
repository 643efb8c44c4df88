package dev.berth.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerEvents.Listening;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One thread watches any number of containers, and has next to nothing to do. */
@RunsContainers
class ManyWatchedIT {
  private static final int CONTAINERS = Integer.getInteger("berth.watched.containers", 1000);
  private static final Duration WHILE = Duration.ofSeconds(10);
  private static final Duration EVERY = Duration.ofMillis(20);
  private static final double MOST = 0.02;
  private static final Path UNIFIED =
      Files.exists(Path.of("/sys/fs/cgroup/cgroup.procs"))
          ? Path.of("/sys/fs/cgroup")
          : Path.of("/sys/fs/cgroup/unified");

  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void a_thousand_containers_by_one_thread() throws Exception {
    List<Container> containers = new ArrayList<>();
    AtomicLong events = new AtomicLong();
    try {
      for (int i = 0; i < CONTAINERS; i++) {
        containers.add(workspace.container("a" + i, "sleep", "10000").start());
      }
      long threads = threads();
      long descriptors = descriptors();
      try (Listening _ = workspace.runtime().events().listen(_ -> events.incrementAndGet())) {
        assertThat(threads()).as("threads").isLessThanOrEqualTo(threads + 2); // that hand over
        long more = descriptors() - descriptors;
        double idle = share(() -> Thread.sleep(WHILE));
        assertThat(events).hasValue(0);
        double busy = share(() -> pauseOneByOne(containers));
        Eventually.await("all events", () -> events.get() == CONTAINERS);
        System.out.printf(
            "%d containers watched: %.2f %% of a processor idle, %.2f %% with 50 events a second,"
                + " %d descriptors%n",
            CONTAINERS, 100 * idle, 100 * busy, more);
        assertThat(idle).isLessThan(MOST);
        assertThat(busy).isLessThan(MOST);
      }
      assertThat(descriptors()).isEqualTo(descriptors);
    } finally {
      containers.forEach(Container::close);
    }
  }

  /** Fifty a second, each of another container. */
  private static void pauseOneByOne(List<Container> containers) throws Exception {
    long begin = System.nanoTime();
    for (int i = 0; i < containers.size(); i++) {
      Files.writeString(UNIFIED.resolve(containers.get(i).id()).resolve("cgroup.freeze"), "1");
      sleepUntil(begin, EVERY.multipliedBy(i + 1));
    }
  }

  private static void sleepUntil(long begin, Duration after) throws InterruptedException {
    long nanos = begin + after.toNanos() - System.nanoTime();
    if (nanos > 0) {
      Thread.sleep(Duration.ofNanos(nanos));
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  /** Which part of the time the thread was at work: its own, so that no other load counts. */
  private static double share(Action action) throws Exception {
    Path thread = eventThread();
    long begin = System.nanoTime();
    long before = nanosAtWork(thread);
    action.run();
    return (double) (nanosAtWork(thread) - before) / (System.nanoTime() - begin);
  }

  private static Path eventThread() throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      List<Path> found = threads.filter(ManyWatchedIT::isEventThread).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }

  private static boolean isEventThread(Path thread) {
    try {
      return Files.readString(thread.resolve("comm")).equals("berth-events\n");
    } catch (IOException ended) {
      return false;
    }
  }

  private static long nanosAtWork(Path thread) throws IOException {
    String schedstat = Files.readString(thread.resolve("schedstat"), UTF_8);
    return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
  }

  private static long threads() throws IOException {
    return count("/proc/self/task");
  }

  private static long descriptors() throws IOException {
    return count("/proc/self/fd");
  }

  private static long count(String directory) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of(directory))) {
      return entries.count();
    }
  }
}
