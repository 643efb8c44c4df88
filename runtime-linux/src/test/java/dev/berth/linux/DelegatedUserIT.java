package dev.berth.linux;

import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Limits;
import dev.berth.Status;
import dev.berth.linux.sys.Host;
import dev.berth.linux.testing.AdoptingJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.HugepageLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A user without privilege, in a scope that is delegated to him: {@code systemd-run --user --scope
 * -p Delegate=yes}.
 */
@ExtendWith(LeavesNothingBehind.class)
class DelegatedUserIT {
  private static final Path HIERARCHY = Path.of("/sys/fs/cgroup");

  @RegisterExtension static final Containers containers = new Containers();

  /** Of this JVM, and what that lies in. */
  private static String own;

  private static String above;

  @BeforeAll
  static void requireDelegation() throws IOException {
    assumeTrue(Host.geteuid() != 0, "needs a user other than root");
    own = cgroup("self");
    above = own.substring(0, own.lastIndexOf('/'));
    assumeTrue(
        Files.isWritable(HIERARCHY.resolve("." + above)),
        "needs a cgroup that is delegated to this user: systemd-run --user --scope -p Delegate=yes");
  }

  @Test
  void has_its_cgroup_and_limits_beside_the_scope() throws Exception {
    try (Container container = sleeping().limits(Limits.NONE.pids(7)).start()) {
      String cgroup = cgroup(Long.toString(container.process().pid()));
      assertThat(cgroup).isEqualTo(above + "/" + container.id());
      assertThat(HIERARCHY.resolve("." + cgroup + "/pids.max")).hasContent("7");
    }
  }

  @Test
  void is_paused_and_given_limits_though_it_had_none() throws Exception {
    try (Container container = sleeping().start()) {
      Path cgroup = HIERARCHY.resolve("." + cgroup(Long.toString(container.process().pid())));
      container.pause();
      assertThat(container.state().status()).isEqualTo(Status.PAUSED);
      assertThat(cgroup.resolve("cgroup.events")).content().contains("frozen 1");
      container.update(Limits.NONE.pids(9).memory(64 << 20));
      assertThat(cgroup.resolve("pids.max")).hasContent("9");
      assertThat(cgroup.resolve("memory.max")).hasContent("67108864");
      container.resume();
      assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void takes_a_relative_path_from_there() throws Exception {
    String name = Containers.newId();
    try (Container container = at(name + "/box").start()) {
      assertThat(cgroup(Long.toString(container.process().pid())))
          .isEqualTo(above + "/" + name + "/box");
    }
    assertThat(HIERARCHY.resolve("." + above + "/" + name)).doesNotExist();
  }

  @Test
  void is_refused_a_place_that_is_not_delegated() {
    String name = Containers.newId();
    assertThat(refusal(at("/" + name)))
        .isEqualTo(
            "container \"ID\": cgroup \"/%s\": make it in /sys/fs/cgroup: EACCES (Permission"
                + " denied); uid %d has none there; run in one that is delegated to it, as by"
                + " systemd-run --user --scope -p Delegate=yes COMMAND, or name one in"
                + " linux.cgroupsPath",
            name, Host.geteuid());
  }

  @Test
  void is_refused_a_limit_whose_controller_is_not_delegated() throws Exception {
    String controllers = Files.readString(HIERARCHY.resolve("." + above + "/cgroup.controllers"));
    assumeTrue(controllers.equals("cpuset cpu io memory pids\n"), "needs other controllers");
    LinuxResources hugepages =
        new LinuxResources(
            null, null, null, null, null, List.of(new HugepageLimit("2MB", 0)), null, null, null);
    ContainerBuilder builder =
        sleeping().edit(spec -> spec.withLinux(spec.linux().withResources(hugepages)));
    assertThat(refusal(builder))
        .isEqualTo(
            "hugetlb limit: the hugetlb controller is not delegated to uid %d (available: cpuset cpu"
                + " io memory pids); systemd delegates it to what it runs for the user, systemd-run"
                + " --user --scope -p Delegate=yes COMMAND, if root has Delegate=cpuset cpu io"
                + " memory pids hugetlb in a drop-in of user@.service",
            Host.geteuid());
  }

  @Test
  void is_told_to_adopt_the_cgroup_that_it_stands_in_the_way_of() {
    String name = Containers.newId();
    ContainerBuilder builder = at(own + "/" + name).limits(Limits.NONE.pids(7));
    assertThat(refusal(builder))
        .matches(
            "container \"ID\": pids limit: cgroup \"%s\" can hand controllers down only without processes in itself: .*%d \\(java\\).*; .*adoptCgroup\\(\\).*"
                .formatted(own, ProcessHandle.current().pid()));
    assertThat(HIERARCHY.resolve("." + own + "/" + name)).doesNotExist();
    assertThat(HIERARCHY.resolve("." + own + "/cgroup.subtree_control")).hasContent("");
  }

  @Test
  void has_them_in_the_scope_that_a_jvm_has_adopted() throws Exception {
    List<String> scope =
        List.of(
            "systemd-run", "--user", "--scope", "--quiet", "--collect", "-p", "Delegate=yes", "--");
    List<String> output =
        AdoptingJvm.run(
            scope,
            containers.directory().resolve("state"),
            containers.bundle(sleeping().limits(Limits.NONE.pids(7))),
            "web");
    assertThat(output).hasSize(3);
    assertThat(output.getFirst()).startsWith("jvm " + above).endsWith(".scope/berth-jvm");
    String adopted = output.getFirst().substring(4).replace("/berth-jvm", "");
    assertThat(output.subList(1, 3)).containsExactly("container " + adopted + "/web", "pids 7");
  }

  private static ContainerBuilder sleeping() {
    return containers.container("sleep", "1000");
  }

  private static ContainerBuilder at(String cgroupsPath) {
    return sleeping().edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(cgroupsPath)));
  }

  private static String cgroup(String pid) throws IOException {
    return Files.readString(Path.of("/proc", pid, "cgroup"))
        .lines()
        .filter(line -> line.startsWith("0::"))
        .map(line -> line.substring(3))
        .findFirst()
        .orElseThrow();
  }
}
