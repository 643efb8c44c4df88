package dev.berth.linux.testing;

import dev.berth.Container;
import dev.berth.ContainerRuntime;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Containers from 64 threads at once, which allocate memory as fast as they can: {@code ROOT ROOTFS
 * ID COUNT}. Prints how many there were, and what they left in this JVM.
 */
public final class Stress {
  private static final int THREADS = 64;
  private static final int ALLOCATIONS = 256;
  private static final int SIZE = 64 << 10;

  private final ContainerRuntime runtime;
  private final Path rootfs;
  private final String id;
  private final int count;
  private final AtomicInteger begun = new AtomicInteger();

  private Stress(ContainerRuntime runtime, Path rootfs, String id, int count) {
    this.runtime = runtime;
    this.rootfs = rootfs;
    this.id = id;
    this.count = count;
  }

  public static void main(String[] args) throws Exception {
    ContainerRuntime runtime = ContainerRuntime.builder().root(Path.of(args[0])).build();
    new Stress(runtime, Path.of(args[1]), args[2], Integer.parseInt(args[3])).run();
  }

  private void run() throws Exception {
    runOne(id + "-first");
    long descriptors = descriptors();
    long begin = System.nanoTime();
    List<Future<?>> done = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int thread = 0; thread < THREADS; thread++) {
        done.add(threads.submit(this::runAll));
      }
    }
    for (Future<?> each : done) {
      each.get();
    }
    Duration time = Duration.ofNanos(System.nanoTime() - begin);
    System.out.printf(
        "%d containers in %d ms; left: %d containers, %d children, %d descriptors%n",
        count,
        time.toMillis(),
        runtime.containers().size(),
        ProcessHandle.current().children().count(),
        descriptors() - descriptors);
  }

  private Void runAll() throws InterruptedException {
    byte[][] live = new byte[16][];
    for (int next = begun.incrementAndGet(); next <= count; next = begun.incrementAndGet()) {
      for (int i = 0; i < ALLOCATIONS; i++) {
        live[ThreadLocalRandom.current().nextInt(live.length)] = new byte[SIZE];
      }
      runOne(id + "-" + next);
    }
    return null;
  }

  private void runOne(String name) throws InterruptedException {
    try (Container container =
        runtime
            .container(name)
            .rootfs(rootfs)
            .command("true")
            .redirectInput(Redirect.DISCARD)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start()) {
      int exitValue = container.process().waitFor();
      if (exitValue != 0) {
        throw new AssertionError(name + " ended with " + exitValue);
      }
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }
}
