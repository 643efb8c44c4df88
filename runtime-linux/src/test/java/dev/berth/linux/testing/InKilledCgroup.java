package dev.berth.linux.testing;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerException;
import dev.berth.ContainerRuntime;
import dev.berth.Signal;
import java.nio.file.Path;

/**
 * Makes processes in a cgroup that runs out of memory all the time, and is killed as a group then:
 * {@code ROOT ROOTFS ID CGROUP execs|creates COUNT}. Prints how many it has tried. That some are
 * killed is expected; that this JVM is, is not.
 */
public final class InKilledCgroup {
  /**
   * A kill of the group spares whom the OOM killer may not choose, but not what such a one makes.
   */
  private static final String HOG =
      "while :; do (echo 0 >/proc/self/oom_score_adj; exec tail /dev/zero); done";

  private InKilledCgroup() {}

  public static void main(String[] args) throws InterruptedException {
    ContainerBuilder builder =
        ContainerRuntime.builder()
            .root(Path.of(args[0]))
            .build()
            .container(args[2])
            .rootfs(Path.of(args[1]));
    int count = Integer.parseInt(args[5]);
    switch (args[4]) {
      case "execs" -> exec(builder, count);
      case "creates" -> create(builder, args[3], count);
      default -> throw new IllegalArgumentException(args[4]);
    }
    System.out.println(count);
  }

  private static void exec(ContainerBuilder builder, int count) throws InterruptedException {
    ContainerBuilder hog =
        LimitedContainers.limited(
                builder.command("sh", "-c", HOG),
                "{\"memory\": {\"limit\": 33554432, \"swap\": 33554432},"
                    + " \"unified\": {\"memory.oom.group\": \"1\"}}")
            .edit(spec -> spec.withProcess(spec.process().withOomScoreAdj(-1000)));
    try (Container container = hog.start()) {
      for (int i = 0; i < count; i++) {
        try {
          container.exec("true").run();
        } catch (ContainerException killed) {
          // Its process was in the cgroup at that moment.
        }
      }
      // Without memory, a process takes its time to end.
      container.kill(Signal.KILL);
      container.process().waitFor();
    }
  }

  private static void create(ContainerBuilder builder, String cgroup, int count) {
    ContainerBuilder inside =
        builder.command("true").edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(cgroup)));
    for (int i = 0; i < count; i++) {
      try (Container container = inside.create()) {
        container.deleteForcibly();
      } catch (ContainerException killed) {
        // Its process was in the cgroup at that moment.
      }
    }
  }
}
