package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.ContainerBuilder;
import dev.berth.Limits;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers made by a user without any privilege, to whom one id is mapped: the user's own. */
@RunsContainers
class RootlessIT {
  private static final int UID = 1000;
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

  @RegisterExtension static final Containers containers = new Containers();

  private static ContainerJvm jvm;
  private static Path state;

  @BeforeAll
  static void prepare() throws IOException {
    assumeTrue(Files.isExecutable(SETPRIV), "needs setpriv (Debian: util-linux)");
    jvm = ContainerJvm.of(UID, containers.directory().resolve("classes"));
    state = Files.createDirectory(containers.directory().resolve("rootless"));
    Files.setAttribute(state, "unix:uid", UID);
  }

  @Test
  void runs_without_a_cgroup() throws Exception {
    String script =
        "id -u; cat /proc/self/uid_map /proc/self/setgroups; hostname; ls -d /sys/class";
    assertThat(run(rootless(containers.shell(script))))
        .isEqualToNormalizingWhitespace("0 0 1000 1 deny runc /sys/class");
  }

  @Test
  void has_the_default_devices_and_a_read_only_root() throws Exception {
    String script = "echo x > /dev/null; head -c 3 /dev/zero | wc -c; touch /x 2>&1; ls /dev/pts";
    assertThat(run(rootless(containers.shell(script))))
        .isEqualTo("3\ntouch: /x: Read-only file system\nptmx");
  }

  @Test
  void has_the_configured_capabilities() throws Exception {
    String script = "hostname other 2>&1; grep CapEff /proc/self/status";
    assertThat(run(rootless(containers.shell(script))))
        .isEqualTo("hostname: sethostname: Operation not permitted\nCapEff:\t0000000020000420");
  }

  @Test
  void is_refused_a_limit_that_it_has_no_cgroup_for() throws Exception {
    ContainerBuilder builder = containers.container("true").limits(Limits.NONE.memory(1 << 24));
    assertThat(run(rootless(builder))).isEqualTo(refusedCgroup("ID"));
  }

  @Test
  void is_refused_a_cgroup_that_it_may_not_make() throws Exception {
    ContainerBuilder builder =
        containers
            .container("true")
            .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath("/it-rootless")));
    assertThat(run(rootless(builder))).isEqualTo(refusedCgroup("it-rootless"));
  }

  private static String refusedCgroup(String name) {
    return "container \"ID\": cgroup \"/%s\": make it in /sys/fs/cgroup/systemd: EACCES (Permission denied)"
            .formatted(name)
        + "; be root, or name in linux.cgroupsPath a cgroup in one that is delegated to this user";
  }

  @Test
  void is_refused_ids_that_are_not_its_own() throws Exception {
    assertThat(run(rootless(containers.container("true"), 0)))
        .isEqualTo(
            "container \"ID\": map ids: write \"0 0 1\" to uid_map: EPERM (Operation not"
                + " permitted); a user other than root can map only one id, which is the user's"
                + " own");
  }

  @Test
  void needs_a_user_namespace() throws Exception {
    assertThat(run(containers.container("true")))
        .isEqualTo(
            "uid 1000 can make a container only in a user namespace of its own, and"
                + " linux.namespaces has none; add {\"type\": \"user\"} with linux.uidMappings and"
                + " linux.gidMappings, or run as root");
  }

  private static String run(ContainerBuilder builder) throws IOException {
    String output = jvm.run(state, containers.bundle(builder));
    assertThat(state).isEmptyDirectory();
    return output.replaceAll("it-\\d+-\\d+", "ID");
  }

  private static ContainerBuilder rootless(ContainerBuilder builder) {
    return rootless(builder, UID);
  }

  private static ContainerBuilder rootless(ContainerBuilder builder, int hostId) {
    return builder
        .edit(spec -> UserNamespaceIT.withUserNamespace(spec, List.of(new IdMapping(0, hostId, 1))))
        .edit(RootlessIT::withoutGroupOfTerminals);
  }

  /** The group 5 of terminals is not mapped. */
  static Spec withoutGroupOfTerminals(Spec spec) {
    return spec.withMounts(
        spec.mounts().stream()
            .map(mount ->
                new Mount(
                    mount.destination(),
                    mount.type(),
                    mount.source(),
                    mount.options().stream().filter(option -> !option.startsWith("gid=")).toList()))
            .toList());
  }
}
