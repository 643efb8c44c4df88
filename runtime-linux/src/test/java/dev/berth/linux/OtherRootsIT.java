package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Mountinfo;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import dev.berth.spec.Capabilities;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Roots that are come to by other ways than pivot_root(2). */
@RunsContainers
class OtherRootsIT {
  private static final List<IdMapping> IDS = List.of(new IdMapping(0, 100_000, 65_536));

  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void is_an_ordinary_container_without_a_pivot() throws Exception {
    String script =
        "hostname; pwd; ls -d /proc/1 /dev/null /sys/class; touch /x 2>&1; cat /proc/keys; ls /";
    assertThat(output(containers.shell(script).withoutPivot()))
        .isEqualTo(output(containers.shell(script)));
  }

  @Test
  void has_the_old_root_below_without_its_proc_and_sys() throws Exception {
    try (Container running = containers.container("sleep", "1000").withoutPivot().start()) {
      Path process = Path.of("/proc", Long.toString(running.process().pid()));
      List<Mountinfo> visible =
          Mountinfo.parse(Files.readString(process.resolve("mountinfo"))).values().stream()
              .filter(mount -> mount.type().equals("proc") || mount.type().equals("sysfs"))
              .toList();
      assertThat(visible).extracting(Mountinfo::target).allMatch(target -> isOfDefault(target));
      assertThat(running.exec("ls", "-d", "/bin/busybox").run().orThrow().output())
          .isEqualTo("/bin/busybox\n");
    }
  }

  /** The masked and read-only paths are mounts of the container's own proc. */
  private static boolean isOfDefault(String target) {
    return target.equals("/sys") || target.equals("/proc") || target.startsWith("/proc/");
  }

  /** For which it takes capabilities that the default configuration does not give. */
  @Test
  void who_gets_back_to_the_old_root_finds_no_proc_and_no_sys() throws Exception {
    Path root = containers.newRoot();
    Files.copy(TestProgram.get("escape"), root.resolve("bin/escape"));
    List<String> all = List.of("CAP_SYS_ADMIN", "CAP_SYS_CHROOT");
    Capabilities capabilities = new Capabilities(all, all, List.of(), all, List.of());
    ContainerBuilder builder =
        containers
            .container("escape", "/proc/self", "/sys/class", canary().toString())
            .rootfs(root)
            .writable()
            .withoutPivot();
    assertThat(output(builder)).isEqualTo("umount2: Operation not permitted");
    assertThat(
            output(
                builder.edit(
                    spec -> spec.withProcess(spec.process().withCapabilities(capabilities)))))
        .isEqualTo("/proc/self: no\n/sys/class: no\n" + canary() + ": yes");
  }

  private static Path canary() {
    return containers.root();
  }

  @Test
  void covers_what_is_locked_in_a_user_namespace() throws Exception {
    ContainerBuilder builder =
        containers
            .shell("id -u; ls -d /proc/1 /sys/class")
            .withoutPivot()
            .edit(spec -> UserNamespaceIT.withUserNamespace(spec, IDS));
    assertThat(output(builder)).isEqualTo("0\n/proc/1\n/sys/class");
  }

  @Test
  void leaves_the_mounts_of_the_host_alone_without_a_pivot() throws Exception {
    Path mountinfo = Path.of("/proc/self/mountinfo");
    String before = Files.readString(mountinfo);
    output(containers.container("true").withoutPivot());
    assertThat(Files.readString(mountinfo)).isEqualTo(before);
  }

  @Test
  void says_what_it_would_do_without_a_pivot() {
    assertThat(containers.container("true").withoutPivot().explain())
        .contains("drop the host's mount /sys\n")
        .contains("drop the host's mount /proc\n")
        .contains("move root to /\n")
        .doesNotContain("change root\n");
  }

  /** The image is empty: all that the program sees comes from the mount. */
  @ParameterizedTest
  @CsvSource({
    "bind, true, ROOT",
    "bind, false, ROOT",
    "bind, true, USER_NAMESPACE",
    "overlay, true, ROOT",
    "overlay, false, ROOT"
  })
  void a_mount_over_the_root_is_the_root(String type, boolean pivot, Privilege privilege)
      throws Exception {
    Path image = containers.newRoot();
    Files.writeString(image.resolve("mark"), "of the mount");
    privilege.owning(image);
    Mount root = overRoot(type, image);
    ContainerBuilder builder =
        privilege
            .given(onEmptyRoot("cat /mark; pwd; ls -d /proc/1 /dev/null /sys/class; touch /x 2>&1"))
            .edit(spec -> withFirst(spec, root));
    ContainerBuilder chosen = pivot ? builder : builder.withoutPivot();
    assertThat(chosen.run().output())
        .isEqualTo(
            "of the mount/\n/dev/null\n/proc/1\n/sys/class\ntouch: /x: Read-only file system\n");
    assertThat(image.resolve("x")).doesNotExist();
  }

  /** Which becomes read-only once the mount points of the others are made in it. */
  @Test
  void a_read_only_mount_over_the_root_gets_the_mount_points_of_the_others() throws Exception {
    Path image = containers.newRoot();
    Files.delete(image.resolve("proc"));
    Mount root = new Mount("/", "bind", image.toString(), List.of("bind", "ro", "nosuid"));
    ContainerBuilder builder =
        onEmptyRoot("ls -d /proc/1; touch /x 2>&1; grep ' / ' /proc/self/mountinfo")
            .writable()
            .edit(spec -> withFirst(spec, root));
    assertThat(builder.run().output())
        .startsWith("/proc/1\ntouch: /x: Read-only file system\n")
        .contains(" / ro,nosuid,");
  }

  @Test
  void a_remount_changes_the_root() throws Exception {
    Mount remount = new Mount("/", null, null, List.of("remount", "bind", "nodev", "ro"));
    ContainerBuilder builder =
        containers
            .shell("grep ' / ' /proc/self/mountinfo")
            .rootfs(containers.newRoot())
            .writable()
            .edit(spec -> withFirst(spec, remount));
    assertThat(output(builder)).contains(" / ro,nodev,");
  }

  private static ContainerBuilder onEmptyRoot(String script) throws IOException {
    Path empty = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    return containers.shell(script).rootfs(empty);
  }

  private static Mount overRoot(String type, Path image) throws IOException {
    if (type.equals("bind")) {
      return Mount.bind(image.toString(), "/");
    }
    Path layers = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Path upper = Files.createDirectory(layers.resolve("upper"));
    Path work = Files.createDirectory(layers.resolve("work"));
    return new Mount(
        "/",
        "overlay",
        "overlay",
        List.of("lowerdir=" + image, "upperdir=" + upper, "workdir=" + work));
  }

  private static Spec withFirst(Spec spec, Mount first) {
    return spec.withMounts(Stream.concat(Stream.of(first), spec.mounts().stream()).toList());
  }

  @Test
  void shares_the_mounts_of_the_host() throws Exception {
    Path root = containers.newRoot();
    List<Path> before = contents(root);
    try (Container running = shared(root, "sleep", "1000").start()) {
      Path process = Path.of("/proc", Long.toString(running.process().pid()));
      assertThat(Files.readSymbolicLink(process.resolve("ns/mnt")))
          .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")));
      assertThat(Files.readSymbolicLink(process.resolve("root"))).isEqualTo(root);
      assertThat(Files.readSymbolicLink(process.resolve("ns/pid")))
          .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")));
      assertThat(running.exec("ls", "/").run().orThrow().output())
          .isEqualTo(shared(root, "ls", "/").run().orThrow().output())
          .contains("bin\n")
          .doesNotContain("boot");
    }
    assertThat(contents(root)).isEqualTo(before);
  }

  @Test
  void has_no_way_out_of_a_root_that_shares_the_mounts() throws Exception {
    Path root = containers.newRoot();
    Path door = Files.createSymbolicLink(root.resolve("door"), Path.of("../../../../.."));
    assertThat(door).isDirectory();
    assertThat(
            output(
                shared(root, "sh", "-c", "cd /bin; ls /door/bin/busybox; ls ../../../bin/busybox")))
        .isEqualTo("/door/bin/busybox\n../../../bin/busybox");
  }

  @Test
  void refuses_a_working_directory_that_is_missing_where_none_can_be_made() throws Exception {
    assertThat(refusal(shared(containers.newRoot(), "true").directory("/work")))
        .isEqualTo(
            "container \"ID\": enter directory /work: chdir(/work): ENOENT (No such file or"
                + " directory); no directory inside the container's root");
  }

  @Test
  void refuses_mounts_that_would_be_the_hosts() throws Exception {
    ContainerBuilder builder =
        shared(containers.newRoot(), "true")
            .edit(spec -> spec.withMounts(List.of(Mount.bind("/srv", "/mnt"))));
    assertThat(refusal(builder))
        .isEqualTo("config.json: mounts: needs a mount namespace, and linux.namespaces has none");
  }

  @Test
  void shared_mounts_give_a_terminal_and_no_console() throws Exception {
    // The mounts of the host are compared after the test.
    assertThat(output(shared(Path.of("/"), "/bin/busybox", "tty").terminal()))
        .matches("/dev/pts/[0-9]+");
    Path empty = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    assertThat(refusal(shared(empty, "tty").terminal()))
        .startsWith(
            "container \"ID\": make a terminal: openat2(/dev/pts): ENOENT (No such file or"
                + " directory); a terminal takes a devpts at /dev/pts");
  }

  private static ContainerBuilder shared(Path root, String... command) {
    return containers.container(command).edit(spec -> withSharedMounts(spec, root));
  }

  private static Spec withSharedMounts(Spec spec, Path root) {
    List<Namespace> namespaces =
        spec.linux().namespaces().stream()
            .filter(each -> each.type() != Namespace.Type.MOUNT)
            .toList();
    return spec.withMounts(List.of())
        .withRoot(new Root(root.toString(), false))
        .withLinux(
            spec.linux()
                .withNamespaces(namespaces)
                .withMaskedPaths(List.of())
                .withReadonlyPaths(List.of()));
  }

  private static List<Path> contents(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted().toList();
    }
  }
}
