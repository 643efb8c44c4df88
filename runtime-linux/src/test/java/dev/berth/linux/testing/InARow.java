package dev.berth.linux.testing;

import dev.berth.Container;
import dev.berth.ContainerRuntime;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Containers one after the other: {@code ROOT ROOTFS ID COUNT}. Prints by how much they made this
 * JVM grow, which must have a heap that does not.
 */
public final class InARow {
  private static final int WARM_UP = 300;

  private InARow() {}

  public static void main(String[] args) throws Exception {
    ContainerRuntime runtime = ContainerRuntime.builder().root(Path.of(args[0])).build();
    run(runtime, Path.of(args[1]), args[2], WARM_UP);
    Footprint before = Footprint.now();
    run(runtime, Path.of(args[1]), args[2], Integer.parseInt(args[3]));
    Footprint after = Footprint.now();
    System.out.printf(
        "%d descriptors, %d threads, %d KiB of heap, %d KiB resident%n",
        after.descriptors - before.descriptors,
        after.threads - before.threads,
        after.heap - before.heap,
        after.resident - before.resident);
  }

  private static void run(ContainerRuntime runtime, Path rootfs, String id, int count)
      throws InterruptedException {
    for (int i = 0; i < count; i++) {
      try (Container container =
          runtime
              .container(id)
              .rootfs(rootfs)
              .command("true")
              .redirectInput(Redirect.DISCARD)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start()) {
        container.process().waitFor();
      }
    }
  }

  /** What a JVM holds; the heap after a collection, and both memories in KiB. */
  private record Footprint(long descriptors, int threads, long heap, long resident) {

    static Footprint now() throws IOException {
      System.gc();
      System.gc();
      Runtime jvm = Runtime.getRuntime();
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        return new Footprint(
            descriptors.count(),
            ManagementFactory.getThreadMXBean().getThreadCount(),
            (jvm.totalMemory() - jvm.freeMemory()) / 1024,
            residentKib());
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
