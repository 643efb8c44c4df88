package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Root file systems whose symbolic links lead out of them, to a directory of the host that nothing
 * may change or show.
 */
@RunsContainers
class HostileRootIT {
  @RegisterExtension static final Containers containers = new Containers();

  private Path root;
  private Path canary;
  private List<String> before;

  @BeforeEach
  void prepare() throws IOException {
    root = containers.newRoot();
    canary = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.writeString(canary.resolve("ptmx"), "of the host");
    Files.writeString(canary.resolve("null"), "of the host");
    before = contents();
  }

  @AfterEach
  void the_directory_of_the_host_is_as_it_was() throws IOException {
    assertThat(contents()).isEqualTo(before);
  }

  private List<String> contents() throws IOException {
    try (Stream<Path> files = Files.walk(canary)) {
      List<String> found = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        found.add(file + " " + Files.readAttributes(file, "unix:mode,uid,gid,ctime"));
      }
      return found;
    }
  }

  // CVE-2019-19921, CVE-2023-28642
  @ParameterizedTest
  @ValueSource(strings = {"proc", "sys"})
  void refuses_a_link_for_a_file_system_of_the_kernel(String name) throws Exception {
    Files.createDirectory(root.resolve("elsewhere"));
    link(name, Path.of("/elsewhere"));
    assertThat(refusal(container("true")))
        .isEqualTo(
            "container \"ID\": mount %s at /%s: must be mounted on ordinary directory: ELOOP (Too"
                + " many levels of symbolic links)",
            name.equals("sys") ? "sysfs" : name, name);
    assertThat(root.resolve("elsewhere")).isEmptyDirectory();
  }

  // CVE-2026-41579: without a mount on it, /dev is what the image says.
  @Test
  void makes_no_device_where_dev_leads_out() throws Exception {
    for (Path target : List.of(canary, Path.of("../../../../../..").resolve("." + canary))) {
      link("dev", target);
      ContainerBuilder builder =
          container("ls", "/dev/")
              .edit(spec ->
                  spec.withMounts(
                      spec.mounts().stream()
                          .filter(mount -> !mount.destination().startsWith("/dev"))
                          .toList()));
      // Where the link leads to in the root, there is a directory now.
      assertThat(output(builder)).contains("null\n", "ptmx\n", "urandom\n");
      assertThat(root.resolve("." + canary)).isDirectory();
    }
  }

  // CVE-2025-31133
  @Test
  void refuses_to_mask_with_another_file_than_dev_null() throws Exception {
    Path volume = Files.createDirectory(root.resolve("volume"));
    Files.createSymbolicLink(volume.resolve("null"), Path.of("/proc/sys/kernel/core_pattern"));
    ContainerBuilder builder = container("true").mount(Mount.bind(volume.toString(), "/dev"));
    assertThat(refusal(builder))
        .isEqualTo(
            "container \"ID\": mask /proc/keys: invalid /dev/null: EINVAL (Invalid argument)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "../../../../../../../..", "/proc/self/root", "/proc/1/root"})
  void a_destination_through_a_link_stays_inside(String out) throws Exception {
    link("door", Path.of(out));
    Path source = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.writeString(source.resolve("file"), "mounted");
    String inside = canary.toString();
    ContainerBuilder builder = container("cat", inside + "/file").bind(source, "/door" + inside);
    if (out.startsWith("/proc")) {
      assertThat(refusal(builder)).isEqualTo(loop(source, "/door" + inside));
    } else {
      assertThat(output(builder)).isEqualTo("mounted");
    }
  }

  @Test
  void a_destination_with_parents_stays_inside() throws Exception {
    Path source = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.writeString(source.resolve("file"), "mounted");
    ContainerBuilder builder =
        container("cat", canary + "/file").bind(source, "/a/../../../../.." + canary);
    assertThat(output(builder)).isEqualTo("mounted");
  }

  @Test
  void a_chain_of_links_stays_inside_or_is_refused() throws Exception {
    Path source = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    link("link0", canary);
    for (int i = 1; i <= 60; i++) {
      link("link" + i, Path.of("/link" + (i - 1)));
    }
    assertThat(output(container("ls", "-d", canary.toString()).bind(source, "/link20")))
        .isEqualTo(canary.toString());
    assertThat(refusal(container("true").bind(source, "/link60")))
        .isEqualTo(loop(source, "/link60"));
  }

  private static String loop(Path source, String target) {
    return "container \"ID\": mount %1$s at %2$s: openat2(%2$s): ELOOP (Too many levels of symbolic links)"
            .formatted(source, target)
        + "; a circle of links, or a link that only /proc has, which is never followed";
  }

  @Test
  void a_working_directory_through_a_link_stays_inside() throws Exception {
    link("work", canary);
    assertThat(output(container("sh", "-c", "pwd -P; ls").directory("/work")))
        .isEqualTo(canary.toString());
    assertThat(root.resolve("." + canary)).isEmptyDirectory();
  }

  @Test
  void a_program_through_a_link_is_one_of_the_root() throws Exception {
    Path script = canary.resolve("null");
    link("bin/tool", script);
    assertThat(refusal(container("/bin/tool")))
        .isEqualTo(
            "container \"ID\": find program /bin/tool: ENOENT (No such file or directory); no such"
                + " file in the container's root");
  }

  @Test
  void masks_what_a_link_leads_to_inside() throws Exception {
    Files.writeString(root.resolve("secret"), "secret");
    link("alias", Path.of("../../secret"));
    ContainerBuilder builder =
        container("cat", "/secret")
            .edit(spec -> spec.withLinux(spec.linux().withMaskedPaths(List.of("/alias"))));
    assertThat(output(builder)).isEmpty();
  }

  @Test
  void refuses_a_root_that_is_a_link() throws Exception {
    Path link = containers.directory().resolve(Containers.newId());
    Files.createSymbolicLink(link, root);
    assertThat(refusal(containers.container("true").rootfs(link)))
        .isEqualTo(
            "config.json: root.path: \"%s\" is a symbolic link; name the directory that it leads"
                + " to",
            link);
  }

  private void link(String name, Path target) throws IOException {
    Path link = root.resolve(name);
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(link);
    }
    Files.createSymbolicLink(link, target);
  }

  private ContainerBuilder container(String... command) {
    return containers.container(command).rootfs(root);
  }
}
