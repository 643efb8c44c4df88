package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.InKilledCgroup;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * With {@code memory.oom.group} the kernel kills every process that shares the memory of one in the
 * cgroup. A JVM that makes processes there must share its memory with none of them.
 */
@RunsContainers
class GroupKillIT {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final int EXECS = Integer.getInteger("berth.oom.execs", 500);
  private static final int CONTAINERS = Integer.getInteger("berth.oom.containers", 100);
  private static final int SECONDS = 400;

  @RegisterExtension final Workspace workspace = new Workspace();

  @BeforeAll
  static void look() {
    assumeTrue(LimitedContainers.isV2(), "needs memory.oom.group of cgroup v2");
  }

  @Test
  @Timeout(2 * SECONDS)
  void t56_a_jvm_outlives_execs_in_a_container_that_is_killed_as_a_group() throws Exception {
    assertThat(run("", "execs", EXECS)).isEqualTo(EXECS + "\n");
  }

  @Test
  @Timeout(2 * SECONDS)
  void t56_a_jvm_outlives_creations_in_a_cgroup_that_was_there() throws Exception {
    assertThat(createIn("there", List.of("there"))).isEqualTo(CONTAINERS + "\n");
  }

  @Test
  @Timeout(2 * SECONDS)
  void t56_a_jvm_outlives_creations_below_a_cgroup_that_is_killed_as_a_group() throws Exception {
    assertThat(createIn("new", List.of())).isEqualTo(CONTAINERS + "\n");
  }

  /**
   * Containers in {@code cgroup}, beside a process that the group is killed for again and again.
   */
  private String createIn(String cgroup, List<String> there) throws Exception {
    Path group = CGROUPS.resolve(workspace.id("group"));
    Path beside = group.resolve("beside");
    Process hog = null;
    try {
      Files.createDirectories(group);
      Files.writeString(CGROUPS.resolve("cgroup.subtree_control"), "+memory");
      Files.writeString(group.resolve("memory.max"), "33554432");
      Files.writeString(group.resolve("memory.swap.max"), "0");
      Files.writeString(group.resolve("memory.oom.group"), "1");
      Files.createDirectory(beside);
      for (String each : there) {
        Files.createDirectory(group.resolve(each));
      }
      hog =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "while :; do (echo 0 >%s/cgroup.procs; exec busybox tail /dev/zero); done"
                      .formatted(beside))
              .start();
      return run("/" + group.getFileName() + "/" + cgroup, "creates", CONTAINERS);
    } finally {
      if (hog != null) {
        hog.destroyForcibly().waitFor();
      }
      remove(group);
    }
  }

  private String run(String cgroup, String what, int count)
      throws IOException, InterruptedException {
    Process jvm =
        ChildJvm.start(
            InKilledCgroup.class,
            workspace.root().toString(),
            workspace.rootfs().toString(),
            workspace.id("killed"),
            cgroup,
            what,
            Integer.toString(count));
    return ChildJvm.output(jvm, SECONDS);
  }

  private static void remove(Path group) throws IOException, InterruptedException {
    Files.writeString(group.resolve("cgroup.kill"), "1");
    Eventually.await("the cgroup is empty", () -> isEmpty(group));
    try (DirectoryStream<Path> inside = Files.newDirectoryStream(group, Files::isDirectory)) {
      for (Path each : inside) {
        Files.delete(each);
      }
    }
    Files.delete(group);
  }

  private static boolean isEmpty(Path group) {
    try {
      return Files.readString(group.resolve("cgroup.events")).contains("populated 0");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
