package dev.berth.linux;

import static dev.berth.linux.testing.Containers.refusal;
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
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers made by a user without any privilege. */
@RunsContainers
class RootlessIT {
  private static final int UID = 1000;
  private static final int DENIED = 4242;
  private static final List<IdMapping> RANGES =
      List.of(new IdMapping(0, UID, 1), new IdMapping(1, 100_000, 65_535));
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
    assumeGrants();
    assertThat(run(rootless(containers.container("true"), 0)))
        .isEqualTo(
            "container \"ID\": map ids: newuidmap: uid range [0-1) -> [0-1) not allowed (exit"
                + " status 1); /etc/subuid says which ids a user may map besides the own");
  }

  @Test
  void has_the_ids_that_it_was_granted() throws Exception {
    ContainerBuilder builder =
        ranges(containers.shell("cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups"))
            .edit(spec -> withUser(spec, new User(7, 8, null, List.of(5L, 9L))));
    assertThat(granted(builder))
        .isEqualToNormalizingWhitespace("0 1000 1 1 100000 65535 0 1000 1 1 100000 65535 allow");
    assertThat(granted(builder.command("id"))).isEqualTo("uid=7 gid=8 groups=5,9");
  }

  @Test
  void may_map_its_own_user_and_granted_groups() throws Exception {
    ContainerBuilder builder =
        containers
            .shell("cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups")
            .edit(
                spec -> UserNamespaceIT.withUserNamespace(spec, List.of(new IdMapping(0, UID, 1))))
            .edit(spec ->
                spec.withLinux(spec.linux().withMappings(spec.linux().uidMappings(), RANGES)));
    assertThat(granted(builder))
        .isEqualToNormalizingWhitespace("0 1000 1 0 1000 1 1 100000 65535 allow");
  }

  @Test
  void is_refused_ids_beyond_those_that_it_was_granted() throws Exception {
    List<IdMapping> more = List.of(new IdMapping(0, UID, 1), new IdMapping(1, 100_000, 65_537));
    ContainerBuilder builder =
        containers.container("true").edit(spec -> UserNamespaceIT.withUserNamespace(spec, more));
    assertThat(granted(builder))
        .isEqualTo(
            "container \"ID\": map ids: newuidmap: uid range [1-65538) -> [100000-165537) not"
                + " allowed (exit status 1); /etc/subuid says which ids a user may map besides the"
                + " own");
  }

  @Test
  void is_told_which_program_it_needs_for_more_than_one_id() throws Exception {
    ContainerJvm without = jvm.within("env", "PATH=/nowhere");
    String output = without.run(state, containers.bundle(ranges(containers.container("true"))));
    assertThat(output.replaceAll("it-\\d+-\\d+", "ID"))
        .isEqualTo(
            "container \"ID\": map ids: newuidmap is not in $PATH, and without it a user can map only"
                + " one id, which is the user's own; install it (Debian: uidmap)");
    assertThat(state).isEmptyDirectory();
  }

  @Test
  void is_refused_groups_that_it_cannot_choose() throws Exception {
    List<IdMapping> one = List.of(new IdMapping(0, UID, 1));
    ContainerBuilder builder =
        rootless(containers.container("true"))
            .edit(spec -> withUser(spec, new User(0, 0, null, List.of(0L))))
            .edit(spec -> spec.withLinux(spec.linux().withMappings(one, one)));
    assertThat(run(builder))
        .isEqualTo(
            "process.user.additionalGids: nobody can choose groups in a user namespace whose only"
                + " group a user without privilege has mapped; leave them out, or map groups that"
                + " /etc/subgid grants");
  }

  @Test
  void is_refused_a_group_of_a_file_system_that_is_not_mapped() {
    ContainerBuilder builder =
        containers
            .container("true")
            .edit(
                spec -> UserNamespaceIT.withUserNamespace(spec, List.of(new IdMapping(0, UID, 1))));
    assertThat(refusal(builder))
        .isEqualTo("config.json: mounts[2].options[5]: \"gid=5\" is not in linux.gidMappings");
  }

  @Test
  void t32_a_group_that_denies_access_cannot_be_dropped() throws Exception {
    Path file = containers.directory().resolve(Containers.newId());
    Files.writeString(file, "secret");
    Files.setAttribute(file, "unix:gid", DENIED);
    // Everybody may read it but that group.
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw----r--"));
    Files.createFile(containers.root().resolve("tmp/file-" + DENIED));
    ContainerBuilder builder =
        rootless(containers.shell("cat /tmp/file-%d 2>&1; :".formatted(DENIED)))
            .bindReadOnly(file, "/tmp/file-" + DENIED);
    assertThat(run(builder)).isEqualTo("secret");
    ContainerJvm member =
        ContainerJvm.of(UID, containers.directory().resolve("classes-" + DENIED), DENIED);
    assertThat(member.run(state, containers.bundle(builder)))
        .isEqualTo("cat: can't open '/tmp/file-%d': Permission denied", DENIED);
  }

  @Test
  void is_refused_a_mount_with_mapped_ids() throws Exception {
    ContainerBuilder builder =
        containers.container("true").mount(Mount.bind("/srv", "/mnt", "idmap"));
    int index = builder.spec().mounts().size() - 1;
    assertThat(run(rootless(builder)))
        .isEqualTo("mounts[%d]: uid 1000 cannot map the ids of a mount; be root", index);
  }

  @Test
  void needs_a_user_namespace() throws Exception {
    assertThat(run(containers.container("true")))
        .isEqualTo(
            "uid 1000 can make a container only in a user namespace of its own, and"
                + " linux.namespaces has none; add {\"type\": \"user\"} with linux.uidMappings and"
                + " linux.gidMappings, or run as root");
  }

  /** What the user can do with 65535 further ids. */
  private static String granted(ContainerBuilder builder) throws IOException {
    assumeGrants();
    Path grants = containers.directory().resolve("grants");
    Files.writeString(grants, UID + ":100000:65535\n");
    return jvm.granted(grants)
        .run(state, containers.bundle(builder))
        .replaceAll("it-\\d+-\\d+", "ID");
  }

  private static void assumeGrants() {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/newuidmap")), "needs newuidmap (Debian: uidmap)");
  }

  private static ContainerBuilder ranges(ContainerBuilder builder) {
    return builder.edit(spec -> UserNamespaceIT.withUserNamespace(spec, RANGES));
  }

  private static Spec withUser(Spec spec, User user) {
    return spec.withProcess(spec.process().withUser(user));
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
