package dev.berth.linux.attacks;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.HostCanary;
import dev.berth.linux.testing.Mountinfo;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images and configurations that put something else where the kernel's file systems belong. */
@RunsContainers
class ProcAndSysIT {
  private static final String CGROUPS =
      "ls -A /sys/fs/cgroup; mkdir /sys/fs/cgroup/x 2>&1; ls -d /sys/class";

  private static final String HIDDEN =
      "mkdir: can't create directory '/sys/fs/cgroup/x': Read-only file system\n/sys/class";

  @RegisterExtension static final Containers containers = new Containers();

  @RegisterExtension final HostCanary canary = new HostCanary();

  private Path root;
  private Path fake;

  @BeforeEach
  void prepare() throws IOException {
    root = containers.newRoot();
    fake = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.writeString(fake.resolve("file"), "fake");
  }

  // CVE-2019-19921, CVE-2023-27561, CVE-2023-28642
  @ParameterizedTest
  @CsvSource({
    "ROOT, proc, proc",
    "ROOT, sys, sysfs",
    "USER_NAMESPACE, proc, proc",
    "USER_NAMESPACE, sys, sysfs"
  })
  void t07_proc_and_sys_that_are_links_are_refused(Privilege privilege, String name, String type)
      throws Exception {
    for (Path elsewhere : List.of(Path.of("/elsewhere"), canary.directory())) {
      Files.deleteIfExists(root.resolve(name));
      Files.createDirectories(root.resolve("." + elsewhere));
      Files.createSymbolicLink(root.resolve(name), elsewhere);
      privilege.owning(root);
      assertThat(refusal(container(privilege)))
          .isEqualTo(
              "container \"ID\": mount %s at /%s: must be mounted on ordinary directory: ELOOP (Too"
                  + " many levels of symbolic links)",
              type, name);
      assertThat(root.resolve("." + elsewhere)).isEmptyDirectory();
    }
  }

  // CVE-2019-16884
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/proc",
        "//proc/",
        "/proc/.",
        "proc",
        "/proc/self",
        "/proc/sys",
        "/proc/sys/kernel",
        "/proc/1/attr",
        "/proc/../proc/self",
        "//proc//self",
        "/etc/../proc/thread-self/attr",
        "/proc/cpuinfo/x",
        "/proc/sys/kernel/core_pattern"
      })
  void t08_nothing_is_mounted_at_or_in_proc(String destination) {
    for (Mount mount :
        List.of(
            Mount.bind(fake.toString(), destination),
            new Mount(destination, "tmpfs", "tmpfs", List.of()))) {
      assertThat(refusal(container(Privilege.ROOT).mount(mount)))
          .matches(
              "config\\.json: mounts\\[\\d+]: at /proc there can only be a proc file system"
                  + "|config\\.json: mounts\\[\\d+]\\.destination: \"\\Q%s\\E\" is inside /proc"
                      .formatted(destination)
                  + "|container \"ID\": mount \\Q%s\\E at .*: is no whole proc file system: EINVAL .*"
                      .formatted(fake));
    }
  }

  /** No name tells that these are in /proc. */
  @ParameterizedTest
  @EnumSource
  void t08_nothing_is_mounted_in_proc_through_a_link(Privilege privilege) throws Exception {
    Files.createSymbolicLink(root.resolve("p"), Path.of("/proc"));
    Files.createSymbolicLink(root.resolve("volume"), Path.of("proc/sys/kernel"));
    Files.createSymbolicLink(root.resolve("file"), Path.of("/proc/uptime"));
    privilege.owning(root);
    for (String destination :
        List.of("/p", "/p/self", "/p/1/attr", "/p/sys", "/volume", "/etc/../p/sys/net")) {
      assertThat(refusal(container(privilege).bind(fake, destination)))
          .isEqualTo(leadsIntoProc(fake, destination));
    }
    assertThat(refusal(container(privilege).bind(fake.resolve("file"), "/file")))
        .isEqualTo(leadsIntoProc(fake.resolve("file"), "/file"));
  }

  private static String leadsIntoProc(Path source, String destination) {
    return "container \"ID\": mount %s at %s: move_mount(%2$s): leads into a proc file system: EINVAL (Invalid argument)"
        .formatted(source, destination);
  }

  @ParameterizedTest
  @EnumSource
  void t08_what_lxcfs_replaces_can_be_replaced(Privilege privilege) throws Exception {
    for (String name :
        List.of(
            "cpuinfo",
            "diskstats",
            "loadavg",
            "meminfo",
            "slabinfo",
            "stat",
            "swaps",
            "uptime",
            "sys/crypto/fips_enabled",
            "sys/kernel/ns_last_pid")) {
      if (Files.exists(Path.of("/proc", name))) {
        ContainerBuilder builder =
            container(privilege, "cat", "/proc/" + name)
                .bindReadOnly(fake.resolve("file"), "/proc/" + name);
        assertThat(output(builder)).as(name).isEqualTo("fake");
      }
    }
  }

  // CVE-2026-115521: made read-only by way of the container's /proc/self/fd
  @ParameterizedTest
  @CsvSource({
    "ROOT, files", "ROOT, link", "ROOT, nothing",
    "USER_NAMESPACE, files", "USER_NAMESPACE, link", "USER_NAMESPACE, nothing"
  })
  void t46_the_root_is_read_only_whatever_the_image_has_for_a_proc(Privilege privilege, String proc)
      throws Exception {
    fakeProc(proc);
    ContainerBuilder builder = withoutProc(container(privilege, "sleep", "1000"), List.of());
    assertReadOnly(builder, privilege);
  }

  /** A volume of a tmpfs is a mount of the container's own, with what somebody has put there. */
  @ParameterizedTest
  @EnumSource
  void t46_the_root_is_read_only_whatever_volume_leads_to_proc(Privilege privilege)
      throws Exception {
    fakeProc("link");
    Files.createDirectories(fake.resolve("self/fd"));
    for (int i = 0; i < 20; i++) {
      Files.createDirectory(fake.resolve("self/fd/" + i));
    }
    privilege.owning(fake);
    Mount tmpfs = new Mount("/elsewhere/self", "tmpfs", "tmpfs", List.of("mode=755"));
    Mount volume = Mount.bind(fake.toString(), "/elsewhere");
    for (List<Mount> mounts : List.of(List.of(volume), List.of(volume, tmpfs))) {
      assertReadOnly(withoutProc(container(privilege, "sleep", "1000"), mounts), privilege);
    }
    Mount onProc = new Mount("/proc", "tmpfs", "tmpfs", List.of());
    assertThat(refusal(withoutProc(container(privilege), List.of(onProc))))
        .endsWith(": at /proc there can only be a proc file system");
  }

  private void fakeProc(String kind) throws IOException {
    Files.delete(root.resolve("proc"));
    switch (kind) {
      case "files" -> {
        for (String name : List.of("self", "1", "thread-self")) {
          for (int i = 0; i < 20; i++) {
            Files.createDirectories(root.resolve("proc/%s/fd/%d".formatted(name, i)));
          }
        }
      }
      case "link" -> {
        Files.createDirectory(root.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("proc"), Path.of("elsewhere"));
      }
      default -> {} // there is no /proc
    }
  }

  private static ContainerBuilder withoutProc(ContainerBuilder builder, List<Mount> more) {
    return builder.edit(spec -> {
      List<Mount> mounts = new ArrayList<>(spec.mounts());
      mounts.removeIf(mount -> mount.destination().equals("/proc"));
      mounts.addAll(more);
      return spec.withMounts(mounts)
          .withRoot(new Root(spec.root().path(), true))
          .withLinux(spec.linux().withMaskedPaths(List.of()).withReadonlyPaths(List.of()));
    });
  }

  private void assertReadOnly(ContainerBuilder builder, Privilege privilege) throws Exception {
    privilege.owning(root);
    try (Container container = builder.start()) {
      Path mountinfo = Path.of("/proc/%d/mountinfo".formatted(container.process().pid()));
      assertThat(Mountinfo.parse(Files.readString(mountinfo)).get("/").options()).contains("ro");
      assertThat(container.exec("touch", "/new").run().error()).contains("Read-only file system");
    }
    assertThat(root.resolve("new")).doesNotExist();
  }

  // CVE-2023-25809: read-only is the bind mount, and not what is mounted below it.
  @Test
  void t14_the_hosts_cgroups_are_hidden_below_a_sys_that_is_bound() throws Exception {
    ContainerBuilder builder = containers.shell(CGROUPS).rootfs(root);
    assertThat(
            output(
                Privilege.USER_NAMESPACE.given(builder).edit(ProcAndSysIT::withoutCgroupNamespace)))
        .isEqualTo(HIDDEN);
  }

  @Test
  void t14_the_own_cgroups_of_an_unprivileged_user_are_hidden_too() throws Exception {
    int user = 1000;
    Path state = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.setAttribute(state, "unix:uid", user);
    List<IdMapping> own = List.of(new IdMapping(0, user, 1));
    ContainerBuilder builder =
        Privilege.USER_NAMESPACE
            .given(containers.shell(CGROUPS).rootfs(root))
            .edit(ProcAndSysIT::withoutCgroupNamespace)
            .edit(spec -> spec.withLinux(spec.linux().withMappings(own, own)))
            .edit(ProcAndSysIT::withoutGroupOfTerminals);
    ContainerJvm jvm = ContainerJvm.of(user, containers.directory().resolve("classes"));
    assertThat(jvm.run(state, containers.bundle(builder))).isEqualTo(HIDDEN);
  }

  /** No id but the user's is mapped. */
  private static Spec withoutGroupOfTerminals(Spec spec) {
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

  private static Spec withoutCgroupNamespace(Spec spec) {
    List<Mount> mounts = new ArrayList<>();
    for (Mount mount : spec.mounts()) {
      if (mount.destination().equals("/sys")) {
        mounts.add(new Mount("/sys", "bind", "/sys", List.of("rbind", "nosuid", "noexec", "ro")));
      } else if (!mount.destination().equals("/sys/fs/cgroup")) {
        mounts.add(mount);
      }
    }
    List<Namespace> namespaces =
        spec.linux().namespaces().stream()
            .filter(namespace -> namespace.type() != Namespace.Type.CGROUP)
            .toList();
    return spec.withMounts(mounts).withLinux(spec.linux().withNamespaces(namespaces));
  }

  private ContainerBuilder container(Privilege privilege, String... command) {
    return privilege.given(
        containers.container(command.length == 0 ? new String[] {"true"} : command).rootfs(root));
  }
}
