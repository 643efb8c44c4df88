package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many processes at once, and many containers in a row. */
@RunsContainers
class ManyIT {
  private static final int MIB = 1 << 20;

  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void two_hundred_execs_from_thirty_two_threads() throws Exception {
    try (Container container = workspace.container("a", "sleep", "1000").start();
        ExecutorService threads = Executors.newFixedThreadPool(32)) {
      assertThat(echoes(container, threads, 200)).containsExactlyElementsOf(numbers(200));
    }
  }

  @Test
  void two_hundred_execs_from_as_many_virtual_threads() throws Exception {
    try (Container container = workspace.container("a", "sleep", "1000").start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(echoes(container, threads, 200)).containsExactlyElementsOf(numbers(200));
    }
  }

  private static List<String> echoes(Container container, ExecutorService threads, int count)
      throws Exception {
    List<Future<String>> outputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String number = Integer.toString(i);
      outputs.add(
          threads.submit(() -> container.exec("echo", number).run().orThrow().output().strip()));
    }
    List<String> result = new ArrayList<>();
    for (Future<String> output : outputs) {
      result.add(output.get());
    }
    return result;
  }

  private static List<String> numbers(int count) {
    return Stream.iterate(0, i -> i + 1).limit(count).map(Object::toString).toList();
  }

  @Test
  void a_hundred_containers_from_as_many_virtual_threads() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> exits = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        ContainerBuilder next = workspace.container("a" + i, "sh", "-c", "exit " + i);
        Callable<Integer> run = () -> next.run().exitValue();
        exits.add(threads.submit(run));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(exits.get(i).get()).isEqualTo(i);
      }
    }
  }

  @Test
  void a_thousand_containers_in_a_row_leave_no_trace_in_the_jvm() throws Exception {
    run(100);
    Footprint before = Footprint.now();
    run(1000);
    Footprint after = Footprint.now();
    assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors() + 2);
    assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 4);
    assertThat(after.heap() - before.heap()).isLessThan(4 * MIB);
    assertThat(after.resident() - before.resident()).isLessThan(64L * MIB);
  }

  private void run(int containers) throws InterruptedException {
    for (int i = 0; i < containers; i++) {
      try (Container container =
          workspace
              .container("a", "true")
              .redirectInput(Redirect.DISCARD)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start()) {
        assertThat(container.process().waitFor()).isZero();
      }
    }
  }

  /** What this JVM holds; the heap after a collection, and both memories in bytes. */
  private record Footprint(long descriptors, int threads, long heap, long resident) {

    static Footprint now() throws IOException {
      System.gc();
      System.gc();
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        return new Footprint(
            descriptors.count(),
            ManagementFactory.getThreadMXBean().getThreadCount(),
            Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(),
            residentKib() * 1024);
      }
    }

    private static long residentKib() throws IOException {
      try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
        String line = lines.filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
  }
}
