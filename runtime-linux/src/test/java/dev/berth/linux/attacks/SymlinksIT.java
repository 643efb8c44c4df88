package dev.berth.linux.attacks;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.HostCanary;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Device;
import dev.berth.spec.Mount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Root file systems and state directories with symbolic links that lead to what is the host's. */
@RunsContainers
class SymlinksIT {
  @RegisterExtension static final Containers containers = new Containers();

  @RegisterExtension final HostCanary canary = new HostCanary();

  private Path root;
  private Path out;
  private Path source;

  @BeforeEach
  void prepare() throws IOException {
    root = containers.newRoot();
    out = canary.directory();
    source = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.writeString(source.resolve("file"), "mounted");
  }

  // CVE-2019-18837
  @ParameterizedTest
  @CsvSource({
    "ROOT, /", "ROOT, ../../../../../../../..", "ROOT, bin/../../..",
    "USER_NAMESPACE, /", "USER_NAMESPACE, ../../../../../../../..", "USER_NAMESPACE, bin/../../.."
  })
  void t27_a_destination_through_a_link_stays_inside(Privilege privilege, String way)
      throws Exception {
    link("door", Path.of(way));
    ContainerBuilder builder =
        container(privilege, "cat", out + "/file").bind(source, "/door" + out);
    assertThat(output(builder)).isEqualTo("mounted");
  }

  @ParameterizedTest
  @CsvSource({
    "ROOT, /proc/self/root",
    "ROOT, /proc/1/root",
    "ROOT, /proc/thread-self/cwd",
    "USER_NAMESPACE, /proc/self/root",
    "USER_NAMESPACE, /proc/1/root"
  })
  void t27_a_destination_through_a_link_of_proc_is_refused(Privilege privilege, String way)
      throws Exception {
    link("door", Path.of(way));
    assertThat(refusal(container(privilege, "true").bind(source, "/door" + out)))
        .isEqualTo(loop(source, "/door" + out));
  }

  @ParameterizedTest
  @EnumSource
  void t27_a_destination_with_parents_stays_inside(Privilege privilege) throws Exception {
    ContainerBuilder builder =
        container(privilege, "cat", out + "/file").bind(source, "/a/../../../../.." + out);
    assertThat(output(builder)).isEqualTo("mounted");
  }

  @ParameterizedTest
  @EnumSource
  void t27_a_chain_of_links_stays_inside_or_is_refused(Privilege privilege) throws Exception {
    link("link0", out);
    for (int i = 1; i <= 60; i++) {
      link("link" + i, Path.of((i % 2 == 0 ? "/" : "../../") + "link" + (i - 1)));
    }
    assertThat(output(container(privilege, "cat", out + "/file").bind(source, "/link20")))
        .isEqualTo("mounted");
    assertThat(refusal(container(privilege, "true").bind(source, "/link60")))
        .isEqualTo(loop(source, "/link60"));
  }

  private static String loop(Path source, String target) {
    return "container \"ID\": mount %1$s at %2$s: openat2(%2$s): ELOOP (Too many levels of symbolic links)"
            .formatted(source, target)
        + "; a circle of links, or a link that only /proc has, which is never followed";
  }

  // CVE-2024-45310
  @ParameterizedTest
  @EnumSource
  void t19_a_mount_point_that_a_dangling_link_names_is_made_inside(Privilege privilege)
      throws Exception {
    link("absolute", out.resolve("new"));
    link("relative", Path.of("../../../../../..").resolve("." + out).resolve("other"));
    ContainerBuilder builder =
        container(privilege, "cat", out + "/new/file", out + "/other/deep/file")
            .bind(source, "/absolute")
            .bind(source, "/relative/deep");
    assertThat(output(builder)).isEqualTo("mountedmounted");
  }

  // CVE-2026-87766: while the new root is filled, the old one is still there.
  @ParameterizedTest
  @CsvSource({
    "ROOT, true",
    "ROOT, false",
    "USER_NAMESPACE, true",
    "USER_NAMESPACE, false",
  })
  void t19_t27_nothing_is_made_in_the_old_root(Privilege privilege, boolean pivot)
      throws Exception {
    String up = "../".repeat(30);
    List<String> ways =
        List.of("/", "/..", up, up + "oldroot", "/oldroot", "/proc/self/cwd", "/proc/1/root");
    for (String way : ways) {
      for (String name : List.of("old", "oldroot")) {
        Files.deleteIfExists(root.resolve(name));
      }
      link("old", Path.of(way));
      link("oldroot", Path.of("/"));
      String place = "/old" + out;
      Device queue = new Device(place + "/queue", Device.Type.P, null, null, 0622L, 0L, 0L);
      ContainerBuilder builder =
          container(privilege, "true")
              .writable()
              .bind(source, place + "/directory/deep")
              .bind(source.resolve("file"), place + "/file")
              .mount(new Mount(place + "/b", "tmpfs", "tmpfs", List.of("mode=755")))
              .directory(place + "/work")
              .edit(spec ->
                  spec.withLinux(
                      spec.linux()
                          .withDevices(List.of(queue))
                          .withMaskedPaths(List.of(place + "/null"))
                          .withReadonlyPaths(List.of(place + "/console"))));
      containedOrRefused(pivot ? builder : builder.withoutPivot(), way);
    }
  }

  /** Where it runs, all that was made is inside; the canary shows that nothing is outside. */
  private void containedOrRefused(ContainerBuilder builder, String way) throws Exception {
    if (way.startsWith("/proc/")) {
      assertThat(refusal(builder)).contains("ELOOP");
    } else {
      assertThat(builder.run().exitValue()).as(way).isZero();
      assertThat(root.resolve("." + out).resolve("work")).isDirectory();
      assertThat(root.resolve("." + out).resolve("queue")).exists();
    }
  }

  // CVE-2025-24965
  @ParameterizedTest
  @EnumSource
  void t28_what_is_written_into_a_root_is_not_written_where_its_links_lead(Privilege privilege)
      throws Exception {
    link("etc/hosts", out.resolve("file"));
    link("etc/resolv.conf", Path.of("../../../../../..").resolve("." + out).resolve("new"));
    link("data", out.resolve("b"));
    link("work", out.resolve("b/work"));
    Device queue = new Device("/data/queue", Device.Type.P, null, null, 0622L, 0L, 0L);
    ContainerBuilder builder =
        container(privilege, "sh", "-c", "cat /etc/hosts /etc/resolv.conf; pwd -P; ls /data")
            .bindReadOnly(source.resolve("file"), "/etc/hosts")
            .bindReadOnly(source.resolve("file"), "/etc/resolv.conf")
            .mount(new Mount("/data/scratch", "tmpfs", "tmpfs", List.of()))
            .directory("/work")
            .edit(spec -> spec.withLinux(spec.linux().withDevices(List.of(queue))));
    assertThat(output(builder))
        .isEqualTo("mountedmounted%s/b/work\nqueue\nscratch\nwork".formatted(out));
  }

  @ParameterizedTest
  @EnumSource
  void t28_a_device_is_not_made_through_a_link_of_its_name(Privilege privilege) throws Exception {
    link("queue", out.resolve("console"));
    Device queue = new Device("/queue", Device.Type.P, null, null, 0622L, 0L, 0L);
    assertThat(
            refusal(
                container(privilege, "true")
                    .edit(spec -> spec.withLinux(spec.linux().withDevices(List.of(queue))))))
        .isEqualTo(
            "container \"ID\": make device /queue (p, 0622, owner 0:0): mknodat(/queue): is something else:"
                + " EEXIST (File exists)");
  }

  @ParameterizedTest
  @EnumSource
  void t28_a_working_directory_through_a_link_is_made_inside(Privilege privilege) throws Exception {
    link("work", out);
    assertThat(output(container(privilege, "sh", "-c", "pwd -P; ls").directory("/work")))
        .isEqualTo(out.toString());
    assertThat(root.resolve("." + out)).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource
  void a_program_through_a_link_is_one_of_the_root(Privilege privilege) throws Exception {
    link("bin/tool", out.resolve("file"));
    assertThat(refusal(container(privilege, "/bin/tool")))
        .isEqualTo(
            "container \"ID\": find program /bin/tool: ENOENT (No such file or directory); no such"
                + " file in the container's root");
  }

  @ParameterizedTest
  @EnumSource
  void masks_what_a_link_leads_to_inside(Privilege privilege) throws Exception {
    Files.writeString(root.resolve("secret"), "secret");
    link("alias", Path.of("../../secret"));
    ContainerBuilder builder =
        container(privilege, "cat", "/secret")
            .edit(spec -> spec.withLinux(spec.linux().withMaskedPaths(List.of("/alias"))));
    assertThat(output(builder)).isEmpty();
  }

  /** It is resolved once: the record says where it led, and the plan opens that. */
  @Test
  void takes_a_root_that_is_a_link_for_what_it_leads_to() throws Exception {
    Path link = containers.directory().resolve(Containers.newId());
    Files.createSymbolicLink(link, root);
    Files.writeString(root.resolve("mark"), "of the first");
    Path other = containers.newRoot();
    try (Container container =
        containers.container("cat", "/mark").rootfs(link.resolve(".")).create()) {
      assertThat(container.state().rootfs()).isEqualTo(root);
      Files.delete(link);
      Files.createSymbolicLink(link, other);
      container.start();
      assertThat(new String(container.process().getInputStream().readAllBytes(), UTF_8))
          .isEqualTo("of the first");
    }
    Path nowhere = containers.directory().resolve(Containers.newId());
    Files.createSymbolicLink(nowhere, Path.of("/no/such/directory"));
    assertThat(refusal(containers.container("true").rootfs(nowhere)))
        .isEqualTo("config.json: root.path: \"%s\" is a symbolic link that leads nowhere", nowhere);
  }

  // CVE-2024-23652
  @ParameterizedTest
  @EnumSource
  void t34_a_deletion_removes_nothing_of_the_root(Privilege privilege) throws Exception {
    link("etc/hosts", out.resolve("file"));
    link("data", out);
    Container container =
        container(privilege, "sleep", "1000")
            .writable()
            .bind(out, "/mnt/host")
            .bindReadOnly(source.resolve("file"), "/etc/hosts")
            .start();
    container
        .exec("sh", "-c", "ln -s %s /tmp/host; ln -s /mnt/host /tmp/mounted".formatted(out))
        .run()
        .orThrow();
    Map<String, Object> before = tree(root);
    container.deleteForcibly();
    assertThat(tree(root)).isEqualTo(before).containsKey("tmp/mounted");
  }

  @Test
  void t34_a_deletion_follows_no_link_of_the_state_directory() throws Exception {
    Container container = containers.container("true").detached().create();
    Path state = containers.runtime().root().resolve(container.id());
    for (String name : List.of("config.json", "start.sock", ".state.json")) {
      Files.deleteIfExists(state.resolve(name));
      Files.createSymbolicLink(state.resolve(name), out.resolve("file"));
    }
    container.deleteForcibly();
    assertThat(state).doesNotExist();
  }

  @Test
  void t34_a_state_directory_that_is_a_link_is_not_one() throws Exception {
    Files.createDirectories(containers.runtime().root());
    Path state = containers.runtime().root().resolve(Containers.newId());
    Files.createSymbolicLink(state, out);
    try {
      String id = state.getFileName().toString();
      assertThatThrownBy(() -> containers.runtime().find(id))
          .isInstanceOf(UncheckedIOException.class)
          .message()
          .endsWith(", \"%s\"): ENOTDIR (Not a directory)".formatted(id));
      assertThat(containers.runtime().containers()).isEmpty();
    } finally {
      Files.delete(state);
    }
  }

  private void link(String name, Path target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), target);
  }

  /** What is in a directory, and since when. */
  private static Map<String, Object> tree(Path directory) throws IOException {
    Map<String, Object> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        found.put(
            directory.relativize(file).toString(),
            Files.readAttributes(file, "unix:ino,mode,ctime", LinkOption.NOFOLLOW_LINKS));
      }
    }
    return found;
  }

  private ContainerBuilder container(Privilege privilege, String... command) throws IOException {
    privilege.owning(root);
    return privilege.given(containers.container(command).rootfs(root));
  }
}
