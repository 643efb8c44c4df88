package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.BusyboxRoot;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Mountinfo;
import dev.berth.linux.testing.ProcStatus;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Capabilities;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Rlimit;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Containers whose root is an unprivileged user of the host, made by root. */
@RunsContainers
class UserNamespaceIT {
  private static final int HOST_ID = 100_000;
  private static final long CAP_SYS_RESOURCE = 1L << 24;
  private static final List<IdMapping> MAPPINGS = List.of(new IdMapping(0, HOST_ID, 65_536));

  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void prepare() throws IOException {
    Files.createDirectories(containers.root().resolve("mnt/volume"));
  }

  @Test
  void is_root_inside_and_nobody_outside() throws Exception {
    try (Container running = container("sleep", "1000").start()) {
      assertThat(running.exec("id").run().output()).isEqualTo("uid=0(root) gid=0(root)\n");
      ProcStatus outside = ProcStatus.parse(Files.readString(proc(running, "status")));
      assertThat(outside.field("Uid")).isEqualTo("100000\t100000\t100000\t100000");
      assertThat(outside.field("Gid")).isEqualTo("100000\t100000\t100000\t100000");
      assertThat(outside.field("Groups")).isEmpty();
    }
  }

  @Test
  void has_the_configured_mappings() throws Exception {
    assertThat(output(container("cat", "/proc/self/uid_map", "/proc/self/gid_map")))
        .isEqualToNormalizingWhitespace("0 100000 65536 0 100000 65536");
  }

  @Test
  void has_its_own_user_namespace() throws Exception {
    assertThat(output(container("readlink", "/proc/self/ns/user")))
        .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/user")).toString());
  }

  @Test
  void makes_files_of_the_mapped_user() throws Exception {
    Path volume = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxrwxrwx"));
    output(container("touch", "/mnt/volume/file").bind(volume, "/mnt/volume"));
    assertThat(Files.getAttribute(volume.resolve("file"), "unix:uid")).isEqualTo(HOST_ID);
    assertThat(Files.getAttribute(volume.resolve("file"), "unix:gid")).isEqualTo(HOST_ID);
  }

  @Test
  void sees_files_of_the_host_as_nobodys() throws Exception {
    assertThat(output(container("stat", "-c", "%u:%g", "/bin/busybox"))).isEqualTo("65534:65534");
  }

  @Test
  void may_be_another_user_with_further_groups() throws Exception {
    User user = new User(101, 201, null, List.of(5L, 7L));
    ContainerBuilder builder =
        container("cat", "/proc/self/status")
            .edit(spec -> spec.withProcess(spec.process().withUser(user)));
    ProcStatus status = ProcStatus.parse(output(builder));
    assertThat(status.field("Uid")).isEqualTo("101\t101\t101\t101");
    assertThat(status.field("Gid")).isEqualTo("201\t201\t201\t201");
    assertThat(status.field("Groups")).isEqualTo("5 7");
  }

  @ParameterizedTest
  @CsvSource({
    "/proc, proc",
    "/dev, tmpfs",
    "/dev/pts, devpts",
    "/dev/shm, tmpfs",
    "/dev/mqueue, mqueue",
    "/sys, sysfs"
  })
  void mounts(String target, String type) throws Exception {
    Map<String, Mountinfo> mounts =
        Mountinfo.parse(output(container("cat", "/proc/self/mountinfo")));
    assertThat(mounts.get(target).type()).isEqualTo(type);
    assertThat(mounts.get("/").options()).contains("ro");
  }

  @Test
  void has_the_devices_of_the_host() throws Exception {
    assertThat(
            output(
                container(
                    "sh",
                    "-c",
                    "stat -c '%t:%T %a %u' /dev/null; echo x > /dev/null; head -c 3 /dev/zero | wc"
                        + " -c")))
        .isEqualTo("1:3 666 65534\n3");
    assertThat(Mountinfo.parse(output(container("cat", "/proc/self/mountinfo"))))
        .containsKeys(
            "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty");
  }

  @Test
  void masked_paths_show_nothing() throws Exception {
    assertThat(
            output(container("sh", "-c", "cat /proc/keys /proc/timer_list; ls -A /sys/firmware")))
        .isEmpty();
  }

  @Test
  void has_the_configured_capabilities_in_its_namespace() throws Exception {
    List<String> set = List.of("CAP_SYS_ADMIN", "CAP_CHOWN");
    Capabilities capabilities = new Capabilities(set, set, List.of(), set, List.of());
    ContainerBuilder builder =
        container(
                "sh",
                "-c",
                "mount -t tmpfs none /tmp && grep -E 'Cap(Bnd|Eff|Inh|Amb)' /proc/self/status")
            .edit(spec -> spec.withProcess(spec.process().withCapabilities(capabilities)));
    ProcStatus status = ProcStatus.parse(output(builder));
    long expected = 1L << 21 | 1;
    assertThat(status.bits("CapBnd")).isEqualTo(expected);
    assertThat(status.bits("CapEff")).isEqualTo(expected);
    assertThat(status.bits("CapInh")).isZero();
    assertThat(status.bits("CapAmb")).isZero();
  }

  @Test
  void has_no_capability_on_the_host() throws Exception {
    List<String> all = List.of("CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_SYS_CHROOT", "CAP_MKNOD");
    Capabilities capabilities = new Capabilities(all, all, List.of(), all, List.of());
    Path secret = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
    ContainerBuilder builder =
        container("sh", "-c", "ls /mnt/volume 2>&1; busybox mknod /dev/x c 1 3 2>&1; :")
            .bind(secret, "/mnt/volume")
            .edit(spec -> spec.withProcess(spec.process().withCapabilities(capabilities)));
    assertThat(output(builder))
        .isEqualTo(
            "ls: can't open '/mnt/volume': Permission denied\n"
                + "mknod: /dev/x: Operation not permitted");
  }

  @Test
  void runs_a_further_process_in_the_same_namespace() throws Exception {
    try (Container running = container("sleep", "1000").start()) {
      String script = "readlink /proc/self/ns/user; cat /proc/self/uid_map; id -u";
      String own = Files.readSymbolicLink(proc(running, "ns/user")).toString();
      assertThat(running.exec("sh", "-c", script).run().orThrow().output())
          .isEqualToNormalizingWhitespace(own + " 0 100000 65536 0");
      assertThat(running.exec("id", "-u").user(7, 8).run().orThrow().output()).isEqualTo("7\n");
    }
  }

  @Test
  void may_have_a_root_in_a_directory_that_only_the_runtime_can_search() throws Exception {
    Path hidden = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rwx------"));
    Path root = BusyboxRoot.make(hidden.resolve("root"));
    assertThat(output(container("echo", "runs").rootfs(root))).isEqualTo("runs");
  }

  @Test
  void refuses_a_mount_point_that_its_root_cannot_make() {
    Path source = containers.directory();
    assertThat(refusal(container("true").bind(source, "/missing")))
        .isEqualTo(
            "container \"ID\": mount %s at /missing: mkdirat(/missing): EACCES (Permission denied);"
                + " the mount point is missing, and root of the user namespace is not permitted to"
                + " make it",
            source);
  }

  @Test
  void refuses_a_user_that_is_not_mapped() {
    assertThat(
            refusal(
                container("true")
                    .edit(spec ->
                        spec.withProcess(
                            spec.process().withUser(new User(70_000, 0, null, List.of(80_000L)))))))
        .isEqualTo(
            "config.json: 2 problems\n"
                + "    process.user.uid: 70000 is not in linux.uidMappings\n"
                + "    process.user.additionalGids[0]: 80000 is not in linux.gidMappings");
  }

  @Test
  void may_raise_a_limit_if_the_runtime_may() throws Exception {
    List<Rlimit> more = List.of(new Rlimit(Rlimit.Type.RLIMIT_MSGQUEUE, 1 << 30, 1 << 30));
    ContainerBuilder builder =
        container("sh", "-c", "grep msgqueue /proc/self/limits")
            .edit(spec -> spec.withProcess(spec.process().withRlimits(more)));
    ProcStatus own = ProcStatus.parse(Files.readString(Path.of("/proc/self/status")));
    if ((own.bits("CapEff") & CAP_SYS_RESOURCE) != 0) {
      assertThat(output(builder)).containsPattern("Max msgqueue size +1073741824 +1073741824 ");
    } else {
      assertThat(refusal(builder))
          .isEqualTo(
              "container \"ID\": set RLIMIT_MSGQUEUE: soft 1073741824, hard 1073741824: EPERM"
                  + " (Operation not permitted); more than the runtime's own hard limit takes"
                  + " CAP_SYS_RESOURCE on the host");
    }
  }

  @Test
  void refuses_a_namespace_without_mappings() {
    assertThat(refusal(mapped(containers.container("true"), List.of())))
        .isEqualTo(
            "config.json: 2 problems\n"
                + "    linux.uidMappings: empty, and a new user namespace needs them\n"
                + "    linux.gidMappings: empty, and a new user namespace needs them");
  }

  @Test
  void refuses_mappings_that_overlap() {
    List<IdMapping> overlapping = List.of(new IdMapping(0, 1000, 10), new IdMapping(5, 5000, 10));
    assertThat(refusal(mapped(containers.container("true"), overlapping)))
        .isEqualTo(
            "config.json: 2 problems\n"
                + "    linux.uidMappings[1]: overlaps linux.uidMappings[0]\n"
                + "    linux.gidMappings[1]: overlaps linux.gidMappings[0]");
  }

  private static ContainerBuilder container(String... command) {
    return mapped(containers.container(command), MAPPINGS);
  }

  private static ContainerBuilder mapped(ContainerBuilder builder, List<IdMapping> mappings) {
    return builder.edit(spec -> withUserNamespace(spec, mappings));
  }

  static Spec withUserNamespace(Spec spec, List<IdMapping> mappings) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.add(new Namespace(Namespace.Type.USER));
    return spec.withLinux(spec.linux().withNamespaces(namespaces).withMappings(mappings, mappings));
  }

  private static Path proc(Container container, String file) {
    return Path.of("/proc", Long.toString(container.process().pid()), file);
  }
}
