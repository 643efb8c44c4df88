package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** That what is written to {@code /proc} has its effect, whatever the container has there. */
@RunsContainers
class ProcfsIT {
  private static final List<IdMapping> IDS = List.of(new IdMapping(0, 100_000, 65_536));

  @RegisterExtension static final Containers containers = new Containers();

  private Path root;
  private Path fake;

  /** An image that has a {@code /proc} of its own, with the files that are written to. */
  @BeforeEach
  void prepare() throws IOException {
    root = containers.newRoot();
    fake = Files.createDirectories(root.resolve("proc/1")).resolve("oom_score_adj");
    Files.writeString(fake, "7");
    Files.createSymbolicLink(root.resolve("proc/self"), Path.of("1"));
    Files.createSymbolicLink(root.resolve("elsewhere"), Path.of("proc"));
  }

  @AfterEach
  void nothing_is_written_to_the_image() {
    assertThat(fake).hasContent("7");
  }

  @Test
  void t23_a_proc_of_the_image_takes_nothing_away() throws Exception {
    try (Container container = withoutProc().start()) {
      assertThat(score(container.process().pid())).isEqualTo("501");
    }
  }

  @Test
  void t23_nor_in_a_user_namespace() throws Exception {
    try (Container container = inUserNamespace(withoutProc()).start()) {
      assertThat(score(container.process().pid())).isEqualTo("501");
    }
  }

  /** Such a user namespace may not mount procfs, and the runtime's is used. */
  @Test
  void t23_nor_in_a_user_namespace_without_a_pid_namespace() throws Exception {
    try (Container container =
        inUserNamespace(withoutProc()).edit(ProcfsIT::withoutPidNamespace).start()) {
      assertThat(score(container.process().pid())).isEqualTo("501");
    }
  }

  @Test
  void t23_nor_from_a_further_process() throws Exception {
    try (Container container = withoutProc().start()) {
      ContainerProcess further = container.exec("sleep", "1000").start();
      assertThat(score(further.pid())).isEqualTo("501");
    }
  }

  /** The link leads a mount into {@code /proc}, which by its own name would be refused. */
  @Test
  void t23_a_mount_in_proc_takes_nothing_away() throws Exception {
    ContainerBuilder builder = container().bind(fake.getParent(), "/elsewhere/1");
    try (Container container = builder.start()) {
      assertThat(score(container.process().pid())).isEqualTo("501");
    }
  }

  private ContainerBuilder container() {
    return containers
        .container("sleep", "1000")
        .rootfs(root)
        .edit(spec -> spec.withProcess(spec.process().withOomScoreAdj(501)));
  }

  private ContainerBuilder withoutProc() {
    return container()
        .edit(spec ->
            spec.withMounts(
                    spec.mounts().stream()
                        .filter(mount -> !mount.destination().equals("/proc"))
                        .toList())
                .withLinux(spec.linux().withMaskedPaths(List.of()).withReadonlyPaths(List.of())));
  }

  private static ContainerBuilder inUserNamespace(ContainerBuilder builder) {
    return builder.edit(spec -> UserNamespaceIT.withUserNamespace(spec, IDS));
  }

  private static Spec withoutPidNamespace(Spec spec) {
    return spec.withLinux(
        spec.linux()
            .withNamespaces(
                spec.linux().namespaces().stream()
                    .filter(each -> each.type() != Namespace.Type.PID)
                    .toList()));
  }

  private static String score(long pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/oom_score_adj")).strip();
  }
}
