package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Mountinfo;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the options of a mount lead to, as the kernel has it. */
@RunsContainers
class MountOptionsIT {
  @RegisterExtension static final Containers containers = new Containers();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ro,rw                  | rw,relatime",
        "nosuid,nodev,noexec    | rw,nosuid,nodev,noexec,relatime",
        "nosuid,suid,nodev,dev  | rw,relatime",
        "noexec,exec            | rw,relatime",
        "nodiratime             | rw,nodiratime,relatime",
        "nodiratime,diratime    | rw,relatime",
        "noatime                | rw,noatime",
        "noatime,atime          | rw,relatime",
        "strictatime            | rw",
        "strictatime,norelatime | rw",
        "strictatime,atime      | rw",
        "noatime,nostrictatime  | rw,noatime",
        "noatime,norelatime     | rw,noatime",
        "relatime,norelatime    | rw,relatime",
        "atime,noatime          | rw,noatime",
        "norelatime,strictatime | rw",
        "relatime,strictatime   | rw",
        "nosymfollow            | rw,relatime,nosymfollow",
        "nosymfollow,symfollow  | rw,relatime",
        "defaults,silent,loud   | rw,relatime",
      })
  void has_the_attributes(String given, String seen) throws Exception {
    List<String> options = List.of(given.split(","));
    Mount made = new Mount("/mnt/made", "tmpfs", "tmpfs", options);
    Path source = directory();
    Mount bound = new Mount("/mnt/bound", "bind", source.toString(), options);
    Map<String, Mountinfo> mounts = mounts(containers.container().mount(made).mount(bound));
    // A tmpfs is writable until all is made in it; what is bound is the host's.
    assertThat(mounts.get("/mnt/made").options()).containsExactly(seen.split(","));
    assertThat(mounts.get("/mnt/bound").options()).containsExactly(seen.split(","));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rro           | ro",
        "rnosuid       | nosuid",
        "rnodev        | nodev",
        "rnoexec       | noexec",
        "rnodiratime   | nodiratime",
        "rnoatime      | noatime",
        "rnosymfollow  | nosymfollow",
      })
  void has_the_attributes_below_as_well(String given, String seen) throws Exception {
    Mount made = new Mount("/mnt/tree", "rbind", "/sys", List.of("rbind", given));
    assertThat(mounts(containers.container().mount(made)).values())
        .filteredOn(mount -> mount.target().startsWith("/mnt/tree"))
        .hasSizeGreaterThan(1)
        .allSatisfy(mount -> assertThat(mount.options()).contains(seen));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rrw",
        "rsuid",
        "rdev",
        "rexec",
        "rdiratime",
        "ratime",
        "rrelatime",
        "rnorelatime",
        "rnostrictatime",
        "rsymfollow"
      })
  void allows_again_below_what_was_forbidden(String given) throws Exception {
    Path source = directory();
    Mount forbidden =
        new Mount(
            "/mnt/once",
            "bind",
            source.toString(),
            List.of("ro", "nosuid", "nodev", "noexec", "nodiratime", "noatime", "nosymfollow"));
    Map<String, Mountinfo> before = mounts(containers.container().mount(forbidden));
    List<String> options = new ArrayList<>(forbidden.options());
    options.add(given);
    Map<String, Mountinfo> after =
        mounts(
            containers
                .container()
                .mount(new Mount("/mnt/once", "bind", source.toString(), options)));
    assertThat(after.get("/mnt/once").options()).isNotEqualTo(before.get("/mnt/once").options());
  }

  @ParameterizedTest
  @CsvSource({"sync, sync", "dirsync, dirsync", "lazytime, lazytime"})
  void has_the_flag_of_the_superblock(String given, String seen) throws Exception {
    assertThat(made(given).superOptions()).contains(seen);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "async",
        "nolazytime",
        "nomand",
        "noiversion",
        "mand,nomand",
        "sync,async",
        "lazytime,nolazytime"
      })
  void has_no_flag_of_the_superblock(String given) throws Exception {
    assertThat(made(given).superOptions()).doesNotContain("sync", "dirsync", "lazytime", "mand");
  }

  /** The kernel takes it, and does nothing of the kind any more. */
  @Test
  void locks_nobody_out() throws Exception {
    assertThat(made("mand").type()).isEqualTo("tmpfs");
  }

  /** No file tells of it; mount(2) takes it from any file system that can be mounted. */
  @Test
  void counts_versions_of_inodes() throws Exception {
    Mountinfo mount = made("iversion,nodev,size=64k");
    assertThat(mount.options()).contains("nodev");
    assertThat(mount.superOptions()).contains("size=64k");
  }

  @Test
  void remounts_a_file_system_with_other_options() throws Exception {
    ContainerBuilder builder =
        containers
            .container()
            .mount(new Mount("/mnt/x", "tmpfs", "tmpfs", List.of("size=64k", "nosuid")))
            .mount(
                new Mount("/mnt/x", null, null, List.of("remount", "size=128k", "noexec", "ro")));
    Mountinfo mount = mounts(builder).get("/mnt/x");
    assertThat(mount.superOptions()).contains("rw", "size=128k");
    assertThat(mount.options()).containsExactly("ro", "nosuid", "noexec", "relatime");
  }

  @Test
  void remounts_without_another_mount() throws Exception {
    Mount once = new Mount("/mnt/x", "tmpfs", "tmpfs", List.of());
    Mount again = new Mount("/mnt/x", null, null, List.of("remount", "bind", "ro", "shared"));
    String lines = output(counting(containers.container().mount(once).mount(again)));
    assertThat(lines).isEqualTo("1");
  }

  private static ContainerBuilder counting(ContainerBuilder builder) {
    return builder.command("grep", "-c", " /mnt/x ro.* shared:", "/proc/self/mountinfo");
  }

  @Test
  void remounts_what_the_default_configuration_has_mounted() throws Exception {
    Mount dev = new Mount("/dev", null, null, List.of("remount", "ro", "noexec"));
    Mount proc = new Mount("/proc", null, null, List.of("remount", "bind", "ro"));
    Map<String, Mountinfo> mounts = mounts(containers.container().mount(dev).mount(proc));
    assertThat(mounts.get("/dev").options()).contains("ro", "noexec");
    assertThat(mounts.get("/proc").options()).contains("ro");
    assertThat(mounts.get("/dev/shm").options()).contains("rw");
  }

  @Test
  void refuses_to_remount_what_is_not_mounted() throws Exception {
    Mount mount = new Mount("/etc", null, null, List.of("remount", "ro"));
    assertThat(refusal(containers.container("true").mount(mount)))
        .isEqualTo(
            "container \"ID\": open the mount at /etc: nothing is mounted there: EINVAL (Invalid"
                + " argument)");
  }

  @Test
  void refuses_to_reconfigure_with_an_unknown_option() throws Exception {
    Mount mount = new Mount("/dev/shm", null, null, List.of("remount", "colour=red"));
    assertThat(refusal(containers.container("true").mount(mount)))
        .isEqualTo(
            "container \"ID\": reconfigure /dev/shm (colour=red): fsconfig(colour=red): tmpfs:"
                + " Unknown parameter 'colour': EINVAL (Invalid argument); an option that the file"
                + " system does not know, or an id that is not mapped");
  }

  @Test
  void mounts_an_overlay() throws Exception {
    Path layers = layers(2);
    ContainerBuilder builder =
        containers
            .shell("ls /mnt/merged; echo new > /mnt/merged/new")
            .mount(
                overlay(layers, 2, "upperdir=" + layers + "/upper", "workdir=" + layers + "/work"));
    assertThat(output(builder)).isEqualTo("file0\nfile1");
    assertThat(layers.resolve("upper/new")).hasContent("new\n");
  }

  @Test
  void mounts_an_overlay_of_more_layers_than_fsconfig_takes() throws Exception {
    Path layers = layers(60);
    ContainerBuilder builder =
        containers
            .shell("ls /mnt/merged | wc -l; grep -o ' ro,.* - overlay' /proc/self/mountinfo")
            .mount(overlay(layers, 60, "ro"));
    assertThat(output(builder)).isEqualTo("60\n ro,relatime - overlay");
  }

  @Test
  void mounts_an_overlay_of_more_layers_than_mount_takes() throws Exception {
    Path layers = layers(200);
    assertThat(output(containers.shell("ls /mnt/merged | wc -l").mount(overlay(layers, 200))))
        .isEqualTo("200");
  }

  @Test
  void mounts_an_overlay_of_layers_with_colons_and_commas() throws Exception {
    Path layers = directory();
    for (String name : List.of("a:b", "c,d", "plain")) {
      Files.writeString(Files.createDirectory(layers.resolve(name)).resolve("of-" + name), "");
    }
    String option = "lowerdir=%1$s/a\\:b:%1$s/c\\,d:%1$s/plain".formatted(layers);
    Mount overlay = new Mount("/mnt/merged", "overlay", "overlay", List.of(option));
    assertThat(output(containers.shell("ls /mnt/merged").mount(overlay)))
        .isEqualTo("of-a:b\nof-c,d\nof-plain");
  }

  private static Mount overlay(Path layers, int count, String... more) {
    List<String> options = new ArrayList<>(Arrays.asList(more));
    StringBuilder lower = new StringBuilder("lowerdir=");
    for (int i = 0; i < count; i++) {
      lower.append(i == 0 ? "" : ":").append(layers).append("/layer").append(i);
    }
    options.add(lower.toString());
    return new Mount("/mnt/merged", "overlay", "overlay", options);
  }

  private static Path layers(int count) throws IOException {
    Path directory = directory();
    Files.createDirectory(directory.resolve("upper"));
    Files.createDirectory(directory.resolve("work"));
    for (int i = 0; i < count; i++) {
      Path layer = Files.createDirectory(directory.resolve("layer" + i));
      Files.writeString(layer.resolve("file" + i), "");
    }
    return directory;
  }

  @Test
  void a_root_that_is_made_read_only_later_is_seen_so_from_outside() throws Exception {
    Mount mount = new Mount("/mnt/x", "tmpfs", "tmpfs", List.of("ro", "size=64k"));
    try (Container running = containers.container("sleep", "1000").mount(mount).start()) {
      Path mountinfo = Path.of("/proc", Long.toString(running.process().pid()), "mountinfo");
      Mountinfo seen = Mountinfo.parse(Files.readString(mountinfo)).get("/mnt/x");
      assertThat(seen.options()).contains("ro");
      assertThat(seen.superOptions()).contains("rw", "size=64k");
    }
  }

  private static Mountinfo made(String options) throws InterruptedException {
    Mount mount = new Mount("/mnt/made", "tmpfs", "tmpfs", List.of(options.split(",")));
    return mounts(containers.container().mount(mount)).get("/mnt/made");
  }

  private static Path directory() throws IOException {
    return Files.createDirectory(containers.directory().resolve(Containers.newId()));
  }

  private static Map<String, Mountinfo> mounts(ContainerBuilder builder)
      throws InterruptedException {
    return Mountinfo.parse(output(builder.command("cat", "/proc/self/mountinfo")));
  }
}
