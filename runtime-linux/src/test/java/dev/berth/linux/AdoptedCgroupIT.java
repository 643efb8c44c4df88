package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.ContainerBuilder;
import dev.berth.Limits;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.testing.AdoptingJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A JVM of root's in a cgroup that is its own. Cgroup v2 is all that it finds mounted, also where
 * the machine has cgroup v1 beside it.
 */
@RunsContainers
class AdoptedCgroupIT {
  /** {@code $1} is a cgroup to begin in, of the hierarchy at {@code $2}. */
  private static final String ALONE =
      "mount --bind $2 /sys/fs/cgroup; echo 0 > /sys/fs/cgroup/$1/cgroup.procs; shift 2; ";

  @RegisterExtension static final Containers containers = new Containers();

  private Path hierarchy;
  private String cgroup;
  private Path directory;

  @BeforeEach
  void make() throws IOException {
    MountedHierarchy unified =
        CgroupLayout.parse(
                Files.readString(Path.of("/proc/self/mountinfo")),
                Files.readString(Path.of("/proc/self/cgroup")))
            .hierarchies()
            .stream()
            .filter(MountedHierarchy::isUnified)
            .findFirst()
            .orElse(null);
    assumeTrue(unified != null, "needs cgroup v2 to be mounted");
    cgroup = Containers.newId();
    hierarchy = Path.of(unified.mountPoint());
    directory = Files.createDirectory(hierarchy.resolve(cgroup));
  }

  @AfterEach
  void remove() throws IOException {
    Files.deleteIfExists(directory.resolve("berth-jvm"));
    Files.deleteIfExists(directory);
  }

  @Test
  void the_jvm_moves_into_a_leaf_and_its_containers_lie_beside_it() throws Exception {
    assertThat(run(ALONE + "exec \"$@\"", containers.shell("sleep 1000"), "web"))
        .startsWith("jvm /%s/berth-jvm".formatted(cgroup), "container /%s/web".formatted(cgroup));
    assertThat(directory.resolve("web")).doesNotExist();
    assertThat(directory.resolve("berth-jvm")).exists();
  }

  @Test
  void a_relative_path_lies_beside_it() throws Exception {
    assertThat(run(ALONE + "exec \"$@\"", at("pod/web"), "web"))
        .contains("container /%s/pod/web".formatted(cgroup));
    assertThat(directory.resolve("pod")).doesNotExist();
  }

  @Test
  void an_absolute_path_does_not() throws Exception {
    String elsewhere = Containers.newId();
    assertThat(run(ALONE + "exec \"$@\"", at("/" + elsewhere), "web"))
        .contains("container /" + elsewhere);
  }

  @Test
  void limits_hold_in_it() throws Exception {
    assumeTrue(
        Files.readString(directory.resolve("cgroup.controllers")).contains("pids"),
        "needs the pids controller in cgroup v2");
    ContainerBuilder builder = containers.shell("sleep 1000").limits(Limits.NONE.pids(7));
    assertThat(run(ALONE + "exec \"$@\"", builder, "web"))
        .containsExactly(
            "jvm /%s/berth-jvm".formatted(cgroup), "container /%s/web".formatted(cgroup), "pids 7");
    assertThat(Files.readString(directory.resolve("cgroup.subtree_control")).strip())
        .isEqualTo(Files.readString(directory.resolve("cgroup.controllers")).strip());
  }

  @Test
  void nothing_moves_if_another_process_is_in_it() throws Exception {
    List<String> output =
        run(
            ALONE + "sleep 1000 & trap 'kill $!; wait' EXIT; \"$@\"",
            containers.shell("sleep 1000"),
            "web");
    assertThat(output).hasSize(2);
    assertThat(output.getFirst())
        .matches(
            "adopt cgroup \"/%s\": other processes are in it: \\d+ \\(sh\\), \\d+ \\(sleep\\); start this JVM in one of its own, by systemd-run -p Delegate=yes or as a service"
                .formatted(cgroup));
    assertThat(output.getLast()).isEqualTo("jvm /" + cgroup);
    assertThat(directory.resolve("berth-jvm")).doesNotExist();
  }

  @Test
  void in_the_root_of_all_cgroups_nothing_has_to_move() throws Exception {
    String id = Containers.newId();
    String script =
        "mount --bind $2 /sys/fs/cgroup; echo 0 > /sys/fs/cgroup/cgroup.procs; shift 2; exec \"$@\"";
    assertThat(run(script, containers.shell("sleep 1000"), id))
        .startsWith("jvm /", "container /" + id);
  }

  /** As in another engine's container, whose processes see their own cgroup as the root. */
  @Test
  void a_jvm_in_the_root_of_a_cgroup_namespace_adopts_that() throws Exception {
    String script =
        "echo 0 > $2/$1/cgroup.procs; shift 2; exec unshare --cgroup --mount sh -ec 'mount -t cgroup2"
            + " none /sys/fs/cgroup; exec \"$@\"' sh \"$@\"";
    assertThat(run(script, containers.shell("sleep 1000"), "web"))
        .startsWith("jvm /berth-jvm", "container /web");
    assertThat(directory.resolve("berth-jvm")).exists();
  }

  private static ContainerBuilder at(String cgroupsPath) {
    return containers
        .shell("sleep 1000")
        .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(cgroupsPath)));
  }

  /** What the JVM that {@code script} starts says. */
  private List<String> run(String script, ContainerBuilder container, String id) throws Exception {
    return AdoptingJvm.run(
        List.of("unshare", "-m", "sh", "-ec", script, "sh", cgroup, hierarchy.toString()),
        containers.directory().resolve("state"),
        containers.bundle(container),
        id);
  }
}
