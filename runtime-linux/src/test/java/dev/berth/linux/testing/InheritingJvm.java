package dev.berth.linux.testing;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerRuntime;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A program that hands its standard streams on to a container: {@code ROOT ROOTFS VERB ID}. Before,
 * it opens a file of its own, {@code ROOT/secret}. Device and inode of what the container has got
 * come into the file {@code report} of its root file system, or into {@code refused} why it has got
 * nothing, since the program's own streams may be closed.
 */
public final class InheritingJvm {
  private static final String LOOK =
      "for n in 3 4 5; do busybox stat -L -c %d:%i /proc/self/fd/$n; done";

  private static final String LOOK_AT_STREAMS = "exec 3<&0 4>&1 5>&2; (" + LOOK + ") >/report";

  private InheritingJvm() {}

  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]);
    Path rootfs = Path.of(args[1]);
    try (FileChannel secret =
        FileChannel.open(
            root.resolve("secret"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ContainerRuntime runtime = ContainerRuntime.builder().root(root.resolve("state")).build();
      operate(args[2], runtime.container(args[3]).rootfs(rootfs).writable(), rootfs);
      secret.force(true);
    } catch (RuntimeException e) {
      Files.writeString(rootfs.resolve("refused"), e.getMessage());
    }
  }

  private static void operate(String verb, ContainerBuilder container, Path rootfs)
      throws InterruptedException {
    container.command("sh", "-c", LOOK_AT_STREAMS);
    switch (verb) {
      case "run" -> container.inheritIO().run().orThrow();
      case "create" -> {
        try (Container created = container.inheritIO().create()) {
          created.start();
          created.process().waitFor();
        }
      }
      case "exec" -> {
        try (Container running = container.command("sleep", "1000").start()) {
          running.exec("sh", "-c", LOOK_AT_STREAMS).inheritIO().run().orThrow();
        }
      }
      case "descriptors" ->
          container
              .command("sh", "-c", "(" + LOOK + ") >/report")
              .descriptors(0, 1, 2)
              .run()
              .orThrow();
      case "hooks" -> {
        Hooks hooks = hooks(rootfs.resolve("report").toString());
        container.edit(spec -> spec.withHooks(hooks)).command("true").run().orThrow();
      }
      default -> throw new AssertionError(verb);
    }
  }

  /** Of each kind one that writes what its standard streams are called. */
  private static Hooks hooks(String report) {
    List<Hook> outside = List.of(hook(report));
    return new Hooks(outside, outside, outside, List.of(hook("/report")), outside, outside);
  }

  private static Hook hook(String report) {
    String script =
        "exec 3<&0 4>&1 5>&2; for n in 3 4 5; do readlink /proc/self/fd/$n; done >>" + report;
    return new Hook("/bin/sh", List.of("sh", "-c", script), List.of("PATH=/bin:/usr/bin"), null);
  }
}
