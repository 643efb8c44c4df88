package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.InARow;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many processes at once, and many containers in a row. */
@RunsContainers
class ManyIT {
  private static final Pattern GROWN =
      Pattern.compile(
          "(-?\\d+) descriptors, (-?\\d+) threads, (-?\\d+) KiB of heap, (-?\\d+) KiB resident\n");

  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void three_hundred_execs_from_thirty_two_threads() throws Exception {
    try (Container container = workspace.container("a", "sleep", "1000").start();
        ExecutorService threads = Executors.newFixedThreadPool(32)) {
      assertThat(echoes(container, threads, 300)).containsExactlyElementsOf(numbers(300));
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
    List<String> options =
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms64m",
            "-Xmx64m",
            "-XX:+AlwaysPreTouch");
    List<String> arguments =
        List.of(
            workspace.root().toString(), workspace.rootfs().toString(), workspace.id("a"), "1000");
    Process jvm = ChildJvm.start(ChildJvm.command(options, InARow.class, arguments));
    String output = ChildJvm.output(jvm, 120);
    System.out.print("a thousand in a row: " + output);
    Matcher grown = GROWN.matcher(output);
    assertThat(grown.matches()).as(output).isTrue();
    assertThat(Long.parseLong(grown.group(1))).as("descriptors").isLessThanOrEqualTo(2);
    assertThat(Long.parseLong(grown.group(2))).as("threads").isLessThanOrEqualTo(2);
    assertThat(Long.parseLong(grown.group(3))).as("KiB of heap").isLessThan(1024);
    // What the JIT compiler adds in the meantime is a MiB or two.
    assertThat(Long.parseLong(grown.group(4))).as("KiB resident").isLessThan(8 * 1024);
  }
}
