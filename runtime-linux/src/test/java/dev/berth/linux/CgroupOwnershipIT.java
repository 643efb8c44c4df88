package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whose the cgroup of a container is that sees it as the root of the tree and can write to it.
 * Cgroup v2 is all that the runtime finds mounted, also where the machine has cgroup v1 beside it.
 */
@RunsContainers
class CgroupOwnershipIT {
  private static final String OWNERS =
      "exec 2>&1; cd /sys/fs/cgroup; stat -c %u . cgroup.procs cgroup.subtree_control cgroup.threads"
          + " cgroup.max.depth cgroup.freeze; ";

  @RegisterExtension static final Containers containers = new Containers();

  private static CgroupLayout layout;
  private static ContainerJvm jvm;

  @BeforeAll
  static void prepare() throws IOException {
    layout =
        CgroupLayout.parse(
            Files.readString(Path.of("/proc/self/mountinfo")),
            Files.readString(Path.of("/proc/self/cgroup")));
    List<MountedHierarchy> unified =
        layout.hierarchies().stream().filter(MountedHierarchy::isUnified).toList();
    assumeTrue(!unified.isEmpty(), "needs cgroup v2 to be mounted");
    jvm =
        ContainerJvm.withMounts(
            "mount --bind " + unified.getFirst().mountPoint() + " /sys/fs/cgroup");
  }

  @Test
  void root_of_a_user_namespace_divides_it_and_cannot_lift_its_limits() throws Exception {
    String script =
        "mkdir sub && echo $$ > sub/cgroup.procs && tail -n 1 /proc/self/cgroup;"
            + " echo 1 > sub/cgroup.max.depth; (echo 1 > cgroup.max.depth); :";
    assertThat(run(Privilege.USER_NAMESPACE.given(managing(script))))
        .isEqualTo(
            """
            0
            0
            0
            0
            65534
            65534
            0::/sub
            sh: can't create cgroup.max.depth: Permission denied\
            """);
  }

  @Test
  void it_is_the_user_of_the_program_who_gets_it() throws Exception {
    assertThat(run(Privilege.USER_NAMESPACE.given(managingAsUser1000())))
        .isEqualTo("1000\n1000\n1000\n1000\n65534\n65534\n1000");
    assertThat(run(managingAsUser1000())).isEqualTo("1000\n1000\n1000\n1000\n0\n0\n1000");
  }

  private static ContainerBuilder managingAsUser1000() {
    return managing("mkdir sub; rmdir sub; id -u")
        .edit(spec -> spec.withProcess(spec.process().withUser(new User(1000, 0))));
  }

  @Test
  void it_stays_the_runtimes_where_it_is_read_only_or_the_hosts_is_seen() throws Exception {
    String owners = "65534\n65534\n65534\n65534\n65534\n65534";
    ContainerBuilder readonly = shell("mkdir sub; :").edit(CgroupOwnershipIT::withOwnTree);
    assertThat(run(Privilege.USER_NAMESPACE.given(readonly)))
        .isEqualTo(owners + "\nmkdir: can't create directory 'sub': Read-only file system");
    ContainerBuilder shared =
        shell("mkdir sub; :")
            .edit(CgroupOwnershipIT::withTheHostsTree)
            .edit(CgroupOwnershipIT::withWritableTree);
    assertThat(run(Privilege.USER_NAMESPACE.given(shared)))
        .isEqualTo(owners + "\nmkdir: can't create directory 'sub': Permission denied");
  }

  @Test
  void controllers_can_be_handed_down_in_it() throws Exception {
    assumeTrue(!layout.isV1(), "needs a host with cgroup v2 alone");
    String script =
        "mkdir init box && echo $$ > init/cgroup.procs"
            + " && echo '+memory +pids' > cgroup.subtree_control && echo 9 > box/pids.max"
            + " && cat box/pids.max && sleep 1000";
    try (Container container = Privilege.USER_NAMESPACE.given(managing(script)).start()) {
      assertThat(container.process().inputReader().lines().skip(6).findFirst()).contains("9");
      Path cgroup = Path.of("/sys/fs/cgroup", container.id());
      assertThat(Files.getAttribute(cgroup, "unix:uid")).isEqualTo(100_000);
      assertThat(Files.getAttribute(cgroup.resolve("cgroup.procs"), "unix:uid")).isEqualTo(100_000);
      assertThat(Files.getAttribute(cgroup.resolve("memory.max"), "unix:uid")).isEqualTo(0);
      assertThat(container.exec("cat", "/proc/self/cgroup").run().orThrow().output())
          .isEqualTo("0::/init\n");
    }
  }

  private static ContainerBuilder shell(String script) {
    return containers.shell(OWNERS + script);
  }

  private static ContainerBuilder managing(String script) {
    return shell(script)
        .edit(CgroupOwnershipIT::withOwnTree)
        .edit(CgroupOwnershipIT::withWritableTree);
  }

  private static Spec withOwnTree(Spec spec) {
    Spec shared = withTheHostsTree(spec);
    List<Namespace> namespaces = new ArrayList<>(shared.linux().namespaces());
    namespaces.add(new Namespace(Namespace.Type.CGROUP));
    return shared.withLinux(shared.linux().withNamespaces(namespaces));
  }

  private static Spec withTheHostsTree(Spec spec) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.removeIf(each -> each.type() == Namespace.Type.CGROUP);
    return spec.withLinux(spec.linux().withNamespaces(namespaces));
  }

  private static Spec withWritableTree(Spec spec) {
    List<Mount> mounts = new ArrayList<>(spec.mounts());
    mounts.removeIf(each -> "cgroup".equals(each.type()));
    mounts.add(new Mount("/sys/fs/cgroup", "cgroup", "cgroup", List.of("nosuid", "rw")));
    return spec.withMounts(mounts);
  }

  private static String run(ContainerBuilder builder) throws IOException {
    return jvm.run(containers.directory().resolve("state"), containers.bundle(builder));
  }
}
