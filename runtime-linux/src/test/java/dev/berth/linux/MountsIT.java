package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Bundle;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Mountinfo;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The mounts of the default configuration, and those that a configuration adds. */
@RunsContainers
class MountsIT {
  @RegisterExtension static final Containers containers = new Containers();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/proc       | proc   | rw,relatime                     | rw",
        "/dev        | tmpfs  | rw,nosuid                       | rw,size=65536k,mode=755",
        "/dev/pts    | devpts | rw,nosuid,noexec,relatime       | rw,gid=5,mode=620,ptmxmode=666",
        "/dev/shm    | tmpfs  | rw,nosuid,nodev,noexec,relatime | rw,size=65536k",
        "/dev/mqueue | mqueue | rw,nosuid,nodev,noexec,relatime | rw",
        "/sys        | sysfs  | ro,nosuid,nodev,noexec,relatime | rw"
      })
  void mounts_by_default(String target, String type, String options, String superOptions)
      throws Exception {
    Mountinfo mount = mounts(containers.container()).get(target);
    assertThat(mount.type()).isEqualTo(type);
    assertThat(mount.options()).containsExactly(options.split(","));
    assertThat(mount.superOptions()).contains(superOptions.split(","));
  }

  @Test
  void shows_the_own_cgroup_read_only() throws Exception {
    List<Mountinfo> cgroups =
        mounts(containers.container()).values().stream()
            .filter(mount -> mount.target().startsWith("/sys/fs/cgroup"))
            .toList();
    assertThat(cgroups)
        .isNotEmpty()
        .allSatisfy(mount ->
            assertThat(mount.options())
                .containsExactly("ro", "nosuid", "nodev", "noexec", "relatime"));
    assertThat(
            containers.output("cat $(find /sys/fs/cgroup/ -name cgroup.procs | head -1) | head -1"))
        .isEqualTo("1");
  }

  @Test
  void shows_the_own_cgroup_as_the_root_of_a_cgroup_namespace() throws Exception {
    ContainerBuilder builder = NamespacesIT.withCgroupNamespace(containers.container());
    assertThat(mounts(builder).values())
        .filteredOn(mount -> mount.type().startsWith("cgroup"))
        .isNotEmpty()
        .allSatisfy(mount -> {
          assertThat(mount.root()).isEqualTo("/");
          assertThat(mount.options()).contains("ro");
        });
    assertThat(
            output(
                builder.command(
                    "sh",
                    "-c",
                    "cat $(find /sys/fs/cgroup/ -name cgroup.procs | head -1) | head -1")))
        .isEqualTo("1");
  }

  @Test
  void nothing_of_the_host_is_mounted() throws Exception {
    assertThat(mounts(containers.container()).keySet())
        .allMatch(target -> target.equals("/") || target.matches("/(proc|dev|sys)(/.*)?"));
  }

  @Test
  void the_root_is_read_only() throws Exception {
    assertThat(mounts(containers.container()).get("/").options()).contains("ro");
    assertThat(containers.output("touch /file 2>&1; :"))
        .isEqualTo("touch: /file: Read-only file system");
  }

  @Test
  void the_root_can_be_writable() throws Exception {
    Path root = containers.newRoot();
    output(containers.container("touch", "/file").rootfs(root).writable());
    assertThat(root.resolve("file")).exists();
  }

  @Test
  void masked_paths_show_nothing() throws Exception {
    for (String path : containers.container().spec().linux().maskedPaths()) {
      String script =
          "[ -e %1$s ] || exit 0; [ -d %1$s ] && ls -A %1$s || cat %1$s".formatted(path);
      assertThat(containers.output(script)).as(path).isEmpty();
    }
    assertThat(containers.output("[ -d /sys/firmware ] && [ -c /proc/keys ] && echo masked"))
        .isEqualTo("masked");
  }

  @Test
  void a_masked_directory_takes_no_file() throws Exception {
    assertThat(containers.output("touch /sys/firmware/x 2>&1; :"))
        .isEqualTo("touch: /sys/firmware/x: Read-only file system");
  }

  @Test
  void read_only_paths_refuse_writes() throws Exception {
    Map<String, Mountinfo> mounts = mounts(containers.container());
    for (String path : containers.container().spec().linux().readonlyPaths()) {
      if (Files.exists(Path.of(path))) {
        assertThat(mounts.get(path).options()).as(path).contains("ro");
      }
    }
    assertThat(containers.output("(echo x > /proc/sys/kernel/domainname) 2>&1; :"))
        .isEqualTo("sh: can't create /proc/sys/kernel/domainname: Read-only file system");
  }

  @Test
  void binds_a_directory_writable_or_read_only() throws Exception {
    Path source = source("kept");
    ContainerBuilder builder =
        containers
            .shell("cat /mnt/ro/kept; echo new > /mnt/rw/new; touch /mnt/ro/x 2>&1; :")
            .bind(source, "/mnt/rw")
            .bindReadOnly(source, "/mnt/ro");
    assertThat(output(builder)).isEqualTo("kepttouch: /mnt/ro/x: Read-only file system");
    assertThat(source.resolve("new")).hasContent("new\n");
  }

  @Test
  void binds_a_file_on_a_file() throws Exception {
    Path source = source("passwd").resolve("passwd");
    assertThat(
            output(containers.container("cat", "/etc/passwd").bindReadOnly(source, "/etc/passwd")))
        .isEqualTo("passwd");
  }

  @Test
  void makes_a_missing_mount_point_of_the_right_kind() throws Exception {
    Path source = source("file");
    Path root = containers.newRoot();
    output(
        containers
            .container("true")
            .rootfs(root)
            .bind(source, "/a/directory")
            .bind(source.resolve("file"), "/b/file"));
    assertThat(root.resolve("a/directory")).isEmptyDirectory();
    assertThat(root.resolve("b/file")).isEmptyFile();
  }

  @Test
  void nests_mounts_in_the_order_given() throws Exception {
    ContainerBuilder builder =
        containers
            .shell("echo /mnt/outer/*; echo /mnt/outer/inner/*")
            .mount(new Mount("/mnt/outer", "tmpfs", "tmpfs", List.of()))
            .bind(source("leaf"), "/mnt/outer/inner");
    assertThat(output(builder)).isEqualTo("/mnt/outer/inner\n/mnt/outer/inner/leaf");
  }

  @Test
  void takes_a_relative_source_from_the_bundle() throws Exception {
    ContainerBuilder builder =
        containers.container("cat", "/mnt/data/file").mount(Mount.bind("data", "/mnt/data"));
    Path bundle = containers.bundle(builder);
    Files.createDirectory(bundle.resolve("data"));
    Files.writeString(bundle.resolve("data/file"), "relative");
    assertThat(
            output(containers.runtime().container(Containers.newId()).bundle(Bundle.open(bundle))))
        .isEqualTo("relative");
  }

  @Test
  void binds_without_what_is_mounted_below() throws Exception {
    assertThat(mounts(binding("/sys", "bind")).keySet())
        .contains("/mnt/sys")
        .noneMatch(target -> target.startsWith("/mnt/sys/"));
  }

  /** Whichever comes first: {@code bind} does not take the recursion back. */
  @ParameterizedTest
  @ValueSource(strings = {"rbind", "bind,rbind", "rbind,bind"})
  void binds_with_what_is_mounted_below(String options) throws Exception {
    assertThat(mounts(binding("/sys", options.split(","))).keySet())
        .anyMatch(target -> target.startsWith("/mnt/sys/fs/cgroup/"));
  }

  @Test
  void refuses_a_relative_destination_of_a_program() {
    ContainerBuilder builder = containers.container("true");
    assertThatThrownBy(() -> builder.bind(Path.of("/srv"), "data"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("destination \"data\": must be absolute, such as \"/data\"");
    assertThatThrownBy(() -> builder.bindReadOnly(Path.of("/srv"), ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void makes_a_whole_tree_read_only_if_asked() throws Exception {
    assertThat(mounts(binding("/sys", "rbind", "rro")).values())
        .filteredOn(mount -> mount.target().startsWith("/mnt/sys"))
        .hasSizeGreaterThan(1)
        .allSatisfy(mount -> assertThat(mount.options()).contains("ro"));
  }

  private static ContainerBuilder binding(String source, String... options) {
    return containers
        .container("true")
        .mount(new Mount("/mnt" + source, "bind", source, List.of(options)));
  }

  @Test
  void gives_a_tmpfs_its_options() throws Exception {
    ContainerBuilder builder =
        containers
            .shell("stat -c %a /mnt/tmp; touch /mnt/tmp/x 2>&1; cat /proc/self/mountinfo")
            .mount(
                new Mount(
                    "/mnt/tmp",
                    "tmpfs",
                    "scratch",
                    List.of("ro", "nodev", "size=64k", "mode=700")));
    String output = output(builder);
    assertThat(output).startsWith("700\ntouch: /mnt/tmp/x: Read-only file system\n");
    Mountinfo mount =
        Mountinfo.parse(output.substring(output.indexOf("\n", 5) + 1)).get("/mnt/tmp");
    assertThat(mount.source()).isEqualTo("scratch");
    assertThat(mount.options()).contains("ro", "nodev");
    assertThat(mount.superOptions()).contains("size=64k", "mode=700");
  }

  @Test
  void gives_a_tmpfs_without_a_mode_the_one_of_its_mount_point() throws Exception {
    Path root = containers.newRoot();
    Files.createDirectory(root.resolve("run"));
    assertThat(
            output(
                containers
                    .container("stat", "-c", "%a", "/run")
                    .rootfs(root)
                    .mount(new Mount("/run", "tmpfs", "tmpfs", List.of()))))
        .isEqualTo("755");
  }

  @ParameterizedTest
  @CsvSource({"shared, shared:\\d+", "private, ''", "unbindable, unbindable"})
  void has_the_propagation(String option, String seen) throws Exception {
    Mount mount = new Mount("/mnt/tmp", "tmpfs", "tmpfs", List.of(option));
    assertThat(mounts(containers.container().mount(mount)).get("/mnt/tmp").propagation())
        .matches(seen);
  }

  @Test
  void nothing_that_is_mounted_inside_is_seen_outside() throws Exception {
    Path source = source("file");
    output(containers.container("true").mount(Mount.bind(source.toString(), "/mnt/x", "rshared")));
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain("/mnt/x");
  }

  @Test
  void refuses_a_source_that_does_not_exist() {
    assertThat(refusal(binding("/no/such/source", "bind")))
        .isEqualTo(
            "container \"ID\": open /no/such/source: ENOENT (No such file or directory); the source"
                + " of a bind mount must exist");
  }

  @Test
  void refuses_a_directory_on_a_file() throws Exception {
    Path source = source("x");
    assertThat(refusal(containers.container("true").bind(source, "/etc/passwd")))
        .isEqualTo(
            "container \"ID\": mount %s at /etc/passwd: openat2(/etc/passwd): ENOTDIR (Not a"
                + " directory); a directory cannot be mounted on a file, nor a file on a directory",
            source);
  }

  @Test
  void refuses_an_unknown_file_system() {
    assertThat(
            refusal(
                containers.container("true").mount(new Mount("/mnt/x", "nofs", "x", List.of()))))
        .isEqualTo(
            "container \"ID\": make nofs file system x: fsopen(nofs): ENODEV (No such device); this"
                + " kernel has no such file system; /proc/filesystems lists what it has");
  }

  /** A new directory with one file, which contains its own name. */
  private static Path source(String name) throws IOException {
    Path directory = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.writeString(directory.resolve(name), name);
    return directory;
  }

  private static Map<String, Mountinfo> mounts(ContainerBuilder builder)
      throws InterruptedException {
    return Mountinfo.parse(output(builder.command("cat", "/proc/self/mountinfo")));
  }
}
