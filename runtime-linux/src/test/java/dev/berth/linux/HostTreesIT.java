package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Mountinfo;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Capabilities;
import dev.berth.spec.Device;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What of the host is mounted in a user namespace, and what the kernel keeps of its rules there.
 */
@RunsContainers
class HostTreesIT {
  private static final int USER = 12_345;
  private static final List<IdMapping> IDS = List.of(new IdMapping(0, 100_000, 65_536));

  @RegisterExtension static final Containers containers = new Containers();

  private Path root;
  private Path hidden;

  @BeforeEach
  void prepare() throws IOException {
    root = containers.newRoot();
    Files.createDirectories(root.resolve("mnt/x"));
    Path home = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    hidden = Files.createDirectory(home.resolve("hidden"));
    Files.writeString(hidden.resolve("file"), "found");
    Files.setAttribute(home, "unix:mode", 0700);
    Files.setAttribute(home, "unix:uid", USER);
  }

  @Test
  void binds_what_only_the_runtime_can_reach() throws Exception {
    assertThat(output(container("cat /mnt/x/file").mount(bind(hidden)))).isEqualTo("found");
    assertThat(container("true").mount(bind(hidden)).explain())
        .contains(hidden + " and all below")
        .doesNotContain("open " + hidden);
  }

  @Test
  void binds_what_only_the_runtime_can_reach_by_a_link() throws Exception {
    Path link =
        Files.createSymbolicLink(containers.directory().resolve(Containers.newId()), hidden);
    assertThat(output(container("cat /mnt/x/file").mount(bind(link)))).isEqualTo("found");
  }

  @Test
  void the_stub_opens_what_it_can_reach() throws Exception {
    Path open = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    assertThat(container("true").mount(bind(open)).explain()).contains("open " + open);
  }

  /** Locked is what was so on the host before the container; what it was given itself is not. */
  @Test
  void what_the_host_forbids_stays_forbidden() throws Exception {
    Path source = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    String allowed = "mount -o remount,bind,rw /mnt/x 2>&1 && touch /mnt/x/new && echo written; :";
    Mount plain = new Mount("/mnt/x", "bind", source.toString(), List.of("rbind"));
    assertThat(onReadonly(source, container(allowed).mount(plain).edit(HostTreesIT::mayMount)))
        .contains("permission denied");
  }

  @Test
  void refuses_to_allow_what_the_host_forbids() throws Exception {
    Path source = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Mount asked = new Mount("/mnt/x", "bind", source.toString(), List.of("rbind", "rw"));
    assertThat(onReadonly(source, container("true").mount(asked)))
        .isEqualTo(
            "container \"ID\": set rw on %s: EPERM (Operation not permitted); what the host has"
                + " forbidden on a mount cannot be allowed again in a user namespace",
            source);
    Mount more = new Mount("/mnt/x", "bind", source.toString(), List.of("rbind", "nodev"));
    String grep = "grep ' /mnt/x ' /proc/self/mountinfo | cut -d ' ' -f 6";
    assertThat(onReadonly(source, container(grep).mount(more))).isEqualTo("ro,nodev,relatime");
  }

  /** As docs/configuration.md says of trees that the runtime hands over. */
  @Test
  void what_is_handed_over_is_not_locked() throws Exception {
    String again = "mount -o remount,bind,rw /mnt/x && grep -c ' /mnt/x rw' /proc/self/mountinfo";
    assertThat(onReadonly(hidden, container(again).mount(bind(hidden)).edit(HostTreesIT::mayMount)))
        .isEqualTo("1");
  }

  /** In a mount namespace of its own, where {@code source} is mounted read-only. */
  private String onReadonly(Path source, ContainerBuilder builder) throws IOException {
    String script = "mount --bind %1$s %1$s; mount -o remount,bind,ro %1$s".formatted(source);
    Path state = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    return ContainerJvm.withMounts(script)
        .run(state, containers.bundle(builder))
        .replaceFirst("container \"[^\"]*\"", "container \"ID\"")
        .strip();
  }

  @Test
  void has_the_sys_of_the_host_without_its_cgroups_in_the_hosts_network() throws Exception {
    Mount sys =
        new Mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "relatime", "ro"));
    String script =
        "ls -A /sys/fs/cgroup; mkdir /sys/fs/cgroup/x 2>&1; ls -d /sys/class/net/lo; cat"
            + " /proc/self/mountinfo";
    String output =
        output(
            container(script)
                .edit(spec -> withoutNetwork(spec).withMounts(only(spec, "/proc", sys))));
    assertThat(output)
        .startsWith(
            "mkdir: can't create directory '/sys/fs/cgroup/x': Read-only file"
                + " system\n/sys/class/net/lo\n");
    Map<String, Mountinfo> mounts =
        Mountinfo.parse(output.substring(output.indexOf("/net/lo\n") + 8));
    assertThat(mounts.get("/sys").options())
        .containsExactly("ro", "nosuid", "nodev", "noexec", "relatime");
    assertThat(mounts.get("/sys/fs/cgroup").type()).isEqualTo("tmpfs");
    assertThat(mounts).containsKey("/sys/fs/cgroup/memory");
  }

  @Test
  void sees_no_cgroup_of_the_host_below_a_sys_that_is_bound() throws Exception {
    String script =
        "ls -A /sys/fs/cgroup; mkdir /sys/fs/cgroup/x 2>&1; (echo 1 > /sys/fs/cgroup/cgroup.procs)"
            + " 2>&1; :";
    ContainerBuilder bound =
        container(script)
            .edit(spec -> spec.withMounts(only(spec, "/proc", Mount.bind("/sys", "/sys", "ro"))));
    assertThat(output(bound))
        .isEqualTo(
            "mkdir: can't create directory '/sys/fs/cgroup/x': Read-only file system\nsh: can't"
                + " create /sys/fs/cgroup/cgroup.procs: Read-only file system");
  }

  @Test
  void mounts_an_overlay() throws Exception {
    Path layers = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    for (String name : List.of("lower", "upper", "work")) {
      Path layer = Files.createDirectory(layers.resolve(name));
      Files.setAttribute(layer, "unix:uid", 100_000);
      Files.setAttribute(layer, "unix:gid", 100_000);
    }
    Files.writeString(layers.resolve("lower/file"), "below");
    Files.setAttribute(layers.resolve("lower/file"), "unix:uid", 100_000);
    List<String> options =
        List.of(
            "lowerdir=" + layers + "/lower",
            "upperdir=" + layers + "/upper",
            "workdir=" + layers + "/work",
            "userxattr");
    Mount overlay = new Mount("/mnt/x", "overlay", "overlay", options);
    assertThat(output(container("cat /mnt/x/file; rm /mnt/x/file; ls /mnt/x").mount(overlay)))
        .isEqualTo("below");
    assertThat(layers.resolve("lower/file")).exists();
    assertThat(layers.resolve("upper/file")).exists(); // which says that it is gone
  }

  @Test
  void binds_a_configured_device_of_the_host() throws Exception {
    Device kmsg = new Device("/dev/kmsg", Device.Type.C, 1L, 11L, null, null, null);
    assertThat(output(container("stat -c %t:%T /dev/kmsg").edit(spec -> with(spec, kmsg))))
        .isEqualTo("1:b");
  }

  @Test
  void refuses_another_device_than_was_configured() {
    Device wrong = new Device("/dev/kmsg", Device.Type.C, 1L, 3L, null, null, null);
    assertThat(refusal(container("true").edit(spec -> with(spec, wrong))))
        .isEqualTo(
            "container \"ID\": require that /dev/kmsg is c 1:3: is something else: EINVAL (Invalid"
                + " argument)");
  }

  private ContainerBuilder container(String script) {
    return containers
        .shell(script)
        .rootfs(root)
        .edit(spec -> UserNamespaceIT.withUserNamespace(spec, IDS));
  }

  private static Mount bind(Path source) {
    return Mount.bind(source.toString(), "/mnt/x");
  }

  private static Spec with(Spec spec, Device device) {
    return spec.withLinux(spec.linux().withDevices(List.of(device)));
  }

  private static Spec mayMount(Spec spec) {
    List<String> all = List.of("CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE");
    return spec.withProcess(
        spec.process().withCapabilities(new Capabilities(all, all, List.of(), all, List.of())));
  }

  private static Spec withoutNetwork(Spec spec) {
    return spec.withLinux(
        spec.linux()
            .withNamespaces(
                spec.linux().namespaces().stream()
                    .filter(each -> each.type() != Namespace.Type.NETWORK)
                    .toList()));
  }

  /** Of the mounts of {@code spec} the one at {@code destination}, and {@code more}. */
  private static List<Mount> only(Spec spec, String destination, Mount more) {
    Mount kept =
        spec.mounts().stream()
            .filter(each -> each.destination().equals(destination))
            .findFirst()
            .orElseThrow();
    return List.of(kept, new Mount("/dev", "tmpfs", "tmpfs", List.of("mode=755")), more);
  }
}
