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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bind mounts whose files seem to belong to others. */
@RunsContainers
class IdMappedMountsIT {
  private static final List<IdMapping> IDS = List.of(new IdMapping(0, 5000, 10));
  private static final List<IdMapping> OWN = List.of(new IdMapping(0, 100_000, 65_536));

  @RegisterExtension static final Containers containers = new Containers();

  private Path source;

  @BeforeEach
  void prepare() throws IOException {
    source = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Path file = Files.writeString(source.resolve("file"), "");
    Files.setAttribute(file, "unix:uid", 3);
    Files.setAttribute(file, "unix:gid", 4);
  }

  @Test
  void has_the_mappings_of_the_mount() throws Exception {
    Mount mount =
        new Mount(
            "/mnt/x", "bind", source.toString(), List.of(), IDS, List.of(new IdMapping(4, 9, 1)));
    assertThat(output(containers.container("stat", "-c", "%u:%g", "/mnt/x/file").mount(mount)))
        .isEqualTo("5003:9");
  }

  @Test
  void writes_as_the_owner_that_is_mapped() throws Exception {
    Files.setAttribute(source, "unix:mode", 0777);
    Mount mount = new Mount("/mnt/x", "bind", source.toString(), List.of("idmap"), IDS, IDS);
    output(containers.container("touch", "/mnt/x/new").user(5007, 5008).mount(mount));
    assertThat(Files.getAttribute(source.resolve("new"), "unix:uid")).isEqualTo(7);
    assertThat(Files.getAttribute(source.resolve("new"), "unix:gid")).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"idmap", "ridmap"})
  void has_the_mappings_of_the_user_namespace(String option) throws Exception {
    Mount mount = new Mount("/mnt/x", "bind", source.toString(), List.of(option, "ro"));
    ContainerBuilder builder =
        containers
            .shell("stat -c %u:%g /mnt/x/file; touch /mnt/x/new 2>&1; :")
            .rootfs(rootWithMountPoint())
            .mount(mount)
            .edit(spec -> UserNamespaceIT.withUserNamespace(spec, OWN));
    assertThat(output(builder)).isEqualTo("3:4\ntouch: /mnt/x/new: Read-only file system");
  }

  @Test
  void is_seen_from_outside() throws Exception {
    Mount mount = new Mount("/mnt/x", "bind", source.toString(), List.of(), IDS, IDS);
    try (Container running = containers.container("sleep", "1000").mount(mount).start()) {
      Path process = Path.of("/proc", Long.toString(running.process().pid()));
      assertThat(Files.getAttribute(process.resolve("root/mnt/x/file"), "unix:uid"))
          .isEqualTo(5003);
      assertThat(Files.readString(process.resolve("mountinfo")))
          .contains(" /mnt/x rw,relatime,idmapped ");
    }
  }

  @Test
  void refuses_a_file_system_that_cannot_do_that() {
    Mount mount = new Mount("/mnt/x", "bind", "/proc/sys", List.of(), IDS, IDS);
    assertThat(refusal(containers.container("true").mount(mount)))
        .isEqualTo(
            "container \"ID\": mount: map ids of /proc/sys: EINVAL (Invalid argument); on this"
                + " kernel its file system, or one that is mounted below, cannot do that");
  }

  @Test
  void refuses_a_source_that_does_not_exist() {
    Mount mount = new Mount("/mnt/x", "bind", "/no/such", List.of(), IDS, IDS);
    assertThat(refusal(containers.container("true").mount(mount)))
        .isEqualTo(
            "container \"ID\": mount: open /no/such: ENOENT (No such file or directory); the source"
                + " of a bind mount must exist");
  }

  private static Path rootWithMountPoint() throws IOException {
    Path root = containers.newRoot();
    Files.createDirectories(root.resolve("mnt/x"));
    return root;
  }
}
