package dev.berth.quickstart;

import dev.berth.Bundle;
import dev.berth.ContainerException;
import dev.berth.ContainerRuntime;
import dev.berth.InvalidSpecException;
import dev.berth.Limits;
import dev.berth.Result;
import dev.berth.UnsupportedFeatureException;
import dev.berth.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Makes a bundle, runs a container of it, and says what ran, how it ended, and what it used. */
final class Quickstart {
  private static final String SCRIPT =
      """
      echo "I am process $$ of $(hostname), user $(id -u), and see these processes:"
      ps -o pid,comm || ls -d /proc/[0-9]*
      touch /etc/file 2>&1 || echo "…and my root file system is read-only."
      """;

  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private Quickstart() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> command =
        arguments.length > 0 ? List.of(arguments) : List.of("/bin/sh", "-c", SCRIPT);
    Path directory = Files.createTempDirectory("berth-quickstart");
    Optional<String> refusal = Optional.empty();
    try {
      run(directory, command);
    } catch (ContainerException | InvalidSpecException | UnsupportedFeatureException e) {
      refusal = Optional.of(e.getMessage());
    } finally {
      delete(directory);
    }
    if (refusal.isPresent()) {
      System.err.println("quickstart: " + refusal.get());
      System.exit(arguments.length > 0 ? WRONG_USAGE : FAILED);
    }
  }

  private static void run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    HostRoot root = HostRoot.make(directory.resolve("rootfs"));
    ContainerRuntime runtime = ContainerRuntime.builder().root(directory.resolve("state")).build();

    var container =
        runtime
            .container("quickstart")
            .rootfs(root.directory())
            .hostname("quickstart")
            .command(command)
            .limits(isRoot() ? Limits.NONE.memory(256 << 20).pids(64) : Limits.NONE);
    root.mounts().forEach(container::mount);
    Bundle bundle = Bundle.create(directory.resolve("bundle"), container.spec());

    Result result = runtime.container("quickstart").bundle(bundle).run(Duration.ofSeconds(30));
    print(bundle, result);
  }

  /** Limits need a cgroup, and another user has one only where it is delegated. */
  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static void print(Bundle bundle, Result result) {
    System.out.print(result.output());
    System.err.print(result.error());
    Usage usage = result.usage();
    System.out.printf(
        """

        ran          %s
        in           a container of %s, root file system %s
        exit status  %s
        used         %s ms, of which %s ms on a processor; %s
        """,
        firstLine(String.join(" ", result.command())),
        bundle.directory(),
        bundle.root(),
        result.exitValue(),
        usage.wall().toMillis(),
        usage.cpu().toMillis(),
        memory(usage.peakMemory()));
  }

  private static String memory(OptionalLong peak) {
    return peak.isPresent()
        ? "at most %s KiB of memory".formatted(peak.getAsLong() >> 10)
        : "memory is not counted without a cgroup";
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end) + " …";
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
