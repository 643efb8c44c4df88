package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.ContainerBuilder;
import dev.berth.Limits;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Rlimit;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Containers made by root of a user namespace, as a runtime is called by a rootless engine: with
 * subordinate ids, or with the user's own as the only one.
 */
@RunsContainers
class NestedIT {
  private static final int UID = 1000;

  @RegisterExtension static final Containers containers = new Containers();

  private static ContainerJvm many;
  private static ContainerJvm one;
  private static Path state;

  @BeforeAll
  static void prepare() throws IOException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/newuidmap")), "needs newuidmap (Debian: uidmap)");
    ContainerJvm user = ContainerJvm.of(UID, containers.directory().resolve("classes"));
    Path grants = containers.directory().resolve("grants");
    Files.writeString(grants, UID + ":100000:65536\n");
    String[] ranges = {
      "unshare",
      "--user",
      "--map-root-user",
      "--map-users=100000,1,65535",
      "--map-groups=100000,1,65535",
      "--mount",
      "--pid",
      "--fork",
      "--mount-proc"
    };
    many = user.granted(grants).within(ranges);
    one = user.within("unshare", "--user", "--map-root-user", "--mount");
    state = Files.createDirectory(containers.directory().resolve("nested"));
    Files.setAttribute(state, "unix:uid", UID);
  }

  @Test
  void runs_the_default_configuration() throws Exception {
    String script =
        "id; cat /proc/self/uid_map; ls -l /dev/null | cut -c 1; head -c 2 /dev/zero | wc -c; ps |"
            + " wc -l; touch /x 2>&1; :";
    assertThat(run(many, containers.shell(script)))
        .isEqualToNormalizingWhitespace(
            "uid=0(root) gid=0(root) 0 1000 1 1 100000 65535 c 2 4 touch: /x: Read-only file"
                + " system");
  }

  @Test
  void runs_as_another_user_with_further_groups() throws Exception {
    ContainerBuilder builder =
        containers.container("id").edit(spec -> withUser(spec, new User(7, 8, null, List.of(9L))));
    assertThat(run(many, builder)).isEqualTo("uid=7 gid=8 groups=9");
  }

  @Test
  void has_a_user_namespace_in_the_user_namespace() throws Exception {
    List<IdMapping> inner = List.of(new IdMapping(0, 1, 1000));
    ContainerBuilder builder =
        containers
            .shell("id -u; cat /proc/self/uid_map /proc/self/setgroups")
            .edit(spec -> UserNamespaceIT.withUserNamespace(spec, inner));
    assertThat(run(many, builder)).isEqualToNormalizingWhitespace("0 0 1 1000 allow");
  }

  @Test
  void is_refused_ids_that_the_outer_user_namespace_does_not_have() throws Exception {
    List<IdMapping> foreign = List.of(new IdMapping(0, 1, 1000), new IdMapping(1000, 100_000, 10));
    ContainerBuilder builder =
        containers.container("true").edit(spec -> UserNamespaceIT.withUserNamespace(spec, foreign));
    assertThat(run(many, builder))
        .isEqualTo(
            "linux.uidMappings[1]: the runtime is in a user namespace itself, which does not have 10"
                + " ids from 100000");
  }

  @Test
  void runs_with_one_id_whose_groups_nobody_can_choose() throws Exception {
    ContainerBuilder builder =
        containers
            .shell("id -u; cat /proc/self/setgroups")
            .edit(RootlessIT::withoutGroupOfTerminals);
    assertThat(run(one, builder)).isEqualTo("0\ndeny");
    assertThat(run(one, builder.edit(spec -> withUser(spec, new User(0, 0, null, List.of(0L))))))
        .isEqualTo(
            "process.user.additionalGids: nobody can choose groups in a user namespace whose only"
                + " group a user without privilege has mapped; leave them out, or map groups that"
                + " /etc/subgid grants");
  }

  @Test
  void is_refused_a_limit_that_it_has_no_cgroup_for() throws Exception {
    ContainerBuilder builder = containers.container("true").limits(Limits.NONE.memory(1 << 24));
    assertThat(run(many, builder))
        .isEqualTo(
            "container \"ID\": cgroup \"/ID\": make it in /sys/fs/cgroup/systemd: EACCES (Permission"
                + " denied); be root, or name in linux.cgroupsPath a cgroup in one that is delegated"
                + " to this user");
  }

  @Test
  void is_refused_what_takes_privilege_on_the_host() throws Exception {
    ContainerBuilder files =
        containers
            .container("true")
            .edit(spec ->
                spec.withProcess(
                    spec.process()
                        .withRlimits(
                            List.of(new Rlimit(Rlimit.Type.RLIMIT_NOFILE, 1 << 30, 1 << 30)))));
    assertThat(run(many, files))
        .isEqualTo(
            "container \"ID\": set RLIMIT_NOFILE: soft 1073741824, hard 1073741824: EPERM (Operation"
                + " not permitted); more than the runtime's own hard limit takes CAP_SYS_RESOURCE on"
                + " the host");
  }

  @Test
  void is_told_why_it_cannot_mount_proc() throws Exception {
    ContainerBuilder builder =
        containers
            .container("true")
            .edit(spec -> withoutNamespace(spec, Namespace.Type.PID))
            .edit(RootlessIT::withoutGroupOfTerminals);
    assertThat(run(one, builder))
        .isEqualTo(
            "container \"ID\": make proc file system: fsconfig(FSCONFIG_CMD_CREATE): EPERM (Operation not"
                + " permitted); a user namespace may mount /proc only in a PID namespace of its own, and"
                + " linux.namespaces has none");
  }

  private static Spec withoutNamespace(Spec spec, Namespace.Type type) {
    return spec.withLinux(
        spec.linux()
            .withNamespaces(
                spec.linux().namespaces().stream().filter(each -> each.type() != type).toList()));
  }

  private static Spec withUser(Spec spec, User user) {
    return spec.withProcess(spec.process().withUser(user));
  }

  private static String run(ContainerJvm jvm, ContainerBuilder builder) throws IOException {
    String output = jvm.run(state, containers.bundle(builder));
    assertThat(state).isEmptyDirectory();
    return output.replaceAll("it-\\d+-\\d+", "ID");
  }
}
