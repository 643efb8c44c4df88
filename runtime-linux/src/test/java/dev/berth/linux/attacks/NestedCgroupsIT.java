package dev.berth.linux.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Signal;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.LiveCgroup;
import dev.berth.linux.testing.Operate;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Containers that may write to their cgroups, and make more of them than a path has room for, than
 * a JVM may open at once, or with names that are no text.
 */
@RunsContainers
@Timeout(300)
class NestedCgroupsIT {
  /** The paths are longer than PATH_MAX. To make 3000 levels of cgroup v2 takes half a minute. */
  private static final int LEVELS = Integer.getInteger("berth.cgroups.levels", 700);

  private static final int WIDTH = Integer.getInteger("berth.cgroups.width", 2000);

  /** Fewer than there are levels; a JVM takes some dozens for itself. */
  private static final int DESCRIPTORS = 256;

  /** Controllers that count no memory: that would take minutes on so many levels. */
  private static final List<String> CHEAP = List.of("pids", "freezer", "name=systemd");

  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void addProgram() throws IOException {
    Files.copy(TestProgram.get("cgroups"), containers.root().resolve("bin/cgroups"));
  }

  @Test
  void a_container_with_cgroups_deeper_than_a_path_is_deleted_by_force() throws Exception {
    try (Container container = made("deep", LEVELS, "inside")) {
      long pid = container.process().pid();

      assertThat(container.processes()).extracting(ProcessHandle::pid).containsExactly(pid);
      assertThat(container.stats()).isNotNull();
      assertThat(container.exec("echo", "joined").run().orThrow().output()).isEqualTo("joined\n");
      container.pause();
      container.resume();
      container.deleteForcibly();

      assertGone(container);
    }
  }

  @Test
  void all_of_it_is_killed() throws Exception {
    try (Container container = made("deep", LEVELS, "inside")) {
      container.killAll(Signal.KILL);
      assertThat(container.process().waitFor()).isEqualTo(137);
      container.delete();

      assertGone(container);
    }
  }

  @Test
  void a_container_with_many_cgroups_beside_each_other_is_deleted() throws Exception {
    try (Container container = made("wide", WIDTH, "name of a cgroup ")) {
      assertThat(container.processes())
          .extracting(ProcessHandle::pid)
          .containsExactly(container.process().pid());
      container.deleteForcibly();

      assertGone(container);
    }
  }

  /** {@code \\377} is no UTF-8 in any place; the shell makes a byte of it. */
  @Test
  void a_name_need_not_be_text() throws Exception {
    String script = "exec cgroups deep 3 \"$(printf '\\377\\033[2J\\tx')\" " + directories();
    try (Container container = made(containers.shell(script))) {
      assertThat(container.processes()).hasSize(1);
      assertThat(container.exec("echo", "joined").run().orThrow().output()).isEqualTo("joined\n");
      container.deleteForcibly();

      assertGone(container);
    }
  }

  @Test
  void few_descriptors_are_enough() throws Exception {
    try (Container container = made("deep", LEVELS, "inside")) {
      List<String> command =
          new ArrayList<>(List.of("prlimit", "--nofile=" + DESCRIPTORS + ":" + DESCRIPTORS, "--"));
      Path state = containers.directory().resolve("state");
      command.addAll(
          ChildJvm.command(
              List.of("-XX:+UseSerialGC"),
              Operate.class,
              List.of(state.toString(), containers.root().toString(), "delete", container.id())));
      ChildJvm.output(ChildJvm.start(command), 120);

      assertGone(container);
    }
  }

  /** One whose program has made cgroups, and lies in the last of them. */
  private static Container made(String shape, int number, String name) throws IOException {
    return made(
        containers.shell(
            "exec cgroups %s %d '%s' %s".formatted(shape, number, name, directories())));
  }

  private static Container made(ContainerBuilder builder) throws IOException {
    Container container = builder.edit(NestedCgroupsIT::managing).start();
    BufferedReader output = container.process().inputReader();
    String said = output.readLine();
    if (!"made".equals(said)) {
      container.close();
      throw new AssertionError("the program said " + said);
    }
    return container;
  }

  private static String directories() {
    return LiveCgroup.layout().hierarchies().stream()
        .filter(hierarchy ->
            hierarchy.isUnified() || hierarchy.controllers().stream().anyMatch(CHEAP::contains))
        .map(NestedCgroupsIT::inContainer)
        .collect(Collectors.joining(" "));
  }

  private static String inContainer(MountedHierarchy hierarchy) {
    return LiveCgroup.layout().isV1()
        ? "/sys/fs/cgroup/" + Path.of(hierarchy.mountPoint()).getFileName()
        : "/sys/fs/cgroup";
  }

  private static Spec managing(Spec spec) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.removeIf(each -> each.type() == Namespace.Type.CGROUP);
    namespaces.add(new Namespace(Namespace.Type.CGROUP));
    List<Mount> mounts = new ArrayList<>(spec.mounts());
    mounts.removeIf(each -> "cgroup".equals(each.type()));
    mounts.add(new Mount("/sys/fs/cgroup", "cgroup", "cgroup", List.of("nosuid", "rw")));
    return spec.withMounts(mounts).withLinux(spec.linux().withNamespaces(namespaces));
  }

  private static void assertGone(Container container) {
    for (MountedHierarchy hierarchy : LiveCgroup.layout().hierarchies()) {
      assertThat(Path.of(hierarchy.mountPoint(), container.id())).doesNotExist();
    }
  }
}
