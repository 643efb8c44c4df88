package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Mount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A tmpfs that begins with what it covers. */
@RunsContainers
class CopyUpIT {
  @RegisterExtension static final Containers containers = new Containers();

  private Path root;
  private Path covered;

  @BeforeEach
  void prepare() throws IOException {
    root = containers.newRoot();
    covered = Files.createDirectories(root.resolve("var/lib/data"));
    Files.writeString(covered.resolve("file"), "content");
    Path inner = Files.createDirectory(covered.resolve("inner"));
    Files.createSymbolicLink(inner.resolve("link"), Path.of("../../../../../etc/passwd"));
    Files.setPosixFilePermissions(covered, PosixFilePermissions.fromString("rwxr-x---"));
    Files.setAttribute(covered, "unix:uid", 7);
    Files.setAttribute(covered.resolve("file"), "unix:uid", 8);
    Files.setAttribute(covered.resolve("file"), "unix:gid", 9);
    Files.getFileAttributeView(covered.resolve("file"), UserDefinedFileAttributeView.class)
        .write("mark", StandardCharsets.UTF_8.encode("here"));
  }

  @Test
  void begins_with_what_it_covers() throws Exception {
    assertThat(
            output(
                container(
                    "cd /var/lib/data; stat -c '%n %a %u:%g' . file; cat file; echo;"
                        + " readlink inner/link; echo changed > inner/new",
                    "tmpcopyup")))
        .isEqualTo(". 750 7:0\nfile 644 8:9\ncontent\n../../../../../etc/passwd");
    assertThat(covered.resolve("inner/new")).doesNotExist();
  }

  @Test
  void has_the_extended_attributes() throws Exception {
    try (Container running = container("sleep 1000", "tmpcopyup").start()) {
      Path copy = inside(running, "file");
      UserDefinedFileAttributeView view =
          Files.getFileAttributeView(copy, UserDefinedFileAttributeView.class);
      assertThat(view.list()).containsExactly("mark");
      assertThat(Files.getAttribute(copy, "unix:uid")).isEqualTo(8);
      assertThat(Files.getLastModifiedTime(copy))
          .isEqualTo(Files.getLastModifiedTime(covered.resolve("file")));
    }
  }

  @Test
  void keeps_the_mode_and_owner_that_were_asked_for() throws Exception {
    assertThat(
            output(
                container(
                    "stat -c '%a %u:%g' /var/lib/data", "tmpcopyup", "mode=711", "uid=3", "gid=4")))
        .isEqualTo("711 3:4");
  }

  @Test
  void can_be_read_only() throws Exception {
    assertThat(
            output(
                container(
                    "cat /var/lib/data/file; touch /var/lib/data/x 2>&1; :", "tmpcopyup", "ro")))
        .isEqualTo("contenttouch: /var/lib/data/x: Read-only file system");
  }

  @Test
  void is_empty_where_there_was_nothing() throws Exception {
    Mount mount = new Mount("/var/none", "tmpfs", "tmpfs", List.of("tmpcopyup"));
    assertThat(output(containers.shell("ls -A /var/none").rootfs(root).mount(mount))).isEmpty();
  }

  /** What a link in the image leads to on the host, it does not lead to here. */
  @Test
  void copies_what_a_link_on_the_way_leads_to_inside() throws Exception {
    Files.createSymbolicLink(root.resolve("door"), Path.of("../../../../../var/lib/data"));
    Mount mount = new Mount("/door", "tmpfs", "tmpfs", List.of("tmpcopyup"));
    assertThat(output(containers.shell("cat /var/lib/data/file").rootfs(root).mount(mount)))
        .isEqualTo("content");
  }

  @Test
  void is_refused_more_than_it_has_room_for() {
    assertThat(refusal(container("true", "tmpcopyup", "nr_inodes=2")))
        .startsWith("container \"ID\": copy what is in /var/lib/data to tmpfs: ")
        .endsWith(
            ": ENOSPC (No space left on device); size= or nr_inodes= of the tmpfs is too small for"
                + " what it covers");
  }

  @Test
  void keeps_owners_that_are_mapped_in_a_user_namespace() throws Exception {
    for (Path each : List.of(covered, covered.resolve("file"), covered.resolve("inner"))) {
      Files.setAttribute(each, "unix:uid", 100_005);
      Files.setAttribute(each, "unix:gid", 100_006);
    }
    List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65_536));
    ContainerBuilder builder =
        container("stat -c '%n %u:%g' /var/lib/data /var/lib/data/file", "tmpcopyup", "mode=755")
            .edit(spec -> UserNamespaceIT.withUserNamespace(spec, ids));
    assertThat(output(builder)).isEqualTo("/var/lib/data 5:6\n/var/lib/data/file 5:6");
  }

  private ContainerBuilder container(String script, String... options) {
    return containers
        .shell(script)
        .rootfs(root)
        .mount(new Mount("/var/lib/data", "tmpfs", "tmpfs", List.of(options)));
  }

  private static Path inside(Container container, String name) {
    return Path.of("/proc/%d/root/var/lib/data/%s".formatted(container.process().pid(), name));
  }
}
