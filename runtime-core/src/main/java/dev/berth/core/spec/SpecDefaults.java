package dev.berth.core.spec;

import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.spec.Capabilities;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.Hooks;
import dev.berth.spec.IdMapping;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Rlimit;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The configuration to start from: the one that {@code runc spec} writes since runc 1.2. */
public final class SpecDefaults {
  /** The version of the specification that this runtime implements. */
  public static final String OCI_VERSION = "1.3.0";

  /** Where in a bundle the root file system is. */
  public static final String ROOT_PATH = "rootfs";

  private SpecDefaults() {}

  /**
   * {@link #spec()} for a host with these cgroups. With cgroup v2 alone the container has a cgroup
   * namespace as well, as {@code runc spec} has it there.
   */
  public static Spec spec(CgroupLayout cgroups) {
    Spec spec = spec();
    if (!cgroups.isV2()) {
      return spec;
    }
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.add(new Namespace(Namespace.Type.CGROUP));
    return spec.withLinux(spec.linux().withNamespaces(namespaces));
  }

  /**
   * A shell on a terminal, in namespaces of its own for everything but user ids, the cgroup tree
   * and clocks, on a read-only root, with three capabilities and no possibility to gain more.
   */
  public static Spec spec() {
    return new Spec(
        OCI_VERSION,
        process(),
        new Root(ROOT_PATH, true),
        "runc",
        null,
        mounts(),
        Hooks.NONE,
        Map.of(),
        linux());
  }

  /**
   * The same for a user without privilege: in a user namespace with one id, which is the user's
   * own, on the host's network, and without limits.
   */
  public static Spec rootless(long uid, long gid) {
    return rootless(spec(), uid, gid);
  }

  /** The same for a host with these cgroups, see {@link #spec(CgroupLayout)}. */
  public static Spec rootless(long uid, long gid, CgroupLayout cgroups) {
    return rootless(spec(cgroups), uid, gid);
  }

  private static Spec rootless(Spec spec, long uid, long gid) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.removeIf(namespace -> namespace.type() == Namespace.Type.NETWORK);
    namespaces.add(new Namespace(Namespace.Type.USER));
    return spec.withMounts(spec.mounts().stream().map(SpecDefaults::rootless).toList())
        .withLinux(
            spec.linux()
                .withResources(LinuxResources.NONE)
                .withMappings(List.of(new IdMapping(0, uid, 1)), List.of(new IdMapping(0, gid, 1)))
                .withNamespaces(namespaces));
  }

  /** A sysfs shows a network, and can only be mounted by whom that belongs to. */
  private static Mount rootless(Mount mount) {
    if (mount.destination().equals("/sys")) {
      List<String> options = List.of("rbind", "nosuid", "noexec", "nodev", "ro");
      return new Mount("/sys", "none", "/sys", options);
    }
    List<String> options = mount.options().stream().filter(each -> !each.equals("gid=5")).toList();
    return new Mount(mount.destination(), mount.type(), mount.source(), options);
  }

  private static ProcessSpec process() {
    List<String> kept = List.of("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");
    return new ProcessSpec(
            true,
            null,
            User.ROOT,
            List.of("sh"),
            List.of(),
            "/",
            Capabilities.NONE,
            List.of(),
            true,
            null,
            null,
            null,
            null,
            null,
            null)
        .withEnv(
            List.of(
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"))
        .withCapabilities(new Capabilities(kept, kept, List.of(), kept, List.of()))
        .withRlimits(List.of(new Rlimit(Rlimit.Type.RLIMIT_NOFILE, 1024, 1024)));
  }

  private static List<Mount> mounts() {
    return List.of(
        new Mount("/proc", "proc", "proc", List.of()),
        new Mount(
            "/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")),
        new Mount(
            "/dev/pts",
            "devpts",
            "devpts",
            List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")),
        new Mount(
            "/dev/shm",
            "tmpfs",
            "shm",
            List.of("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")),
        new Mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")),
        new Mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "ro")),
        new Mount(
            "/sys/fs/cgroup",
            "cgroup",
            "cgroup",
            List.of("nosuid", "noexec", "nodev", "relatime", "ro")));
  }

  private static LinuxSpec linux() {
    return LinuxSpec.NONE
        .withResources(
            LinuxResources.NONE.withDevices(
                List.of(new DeviceRule(false, null, null, null, "rwm"))))
        .withNamespaces(
            List.of(
                new Namespace(Namespace.Type.PID),
                new Namespace(Namespace.Type.NETWORK),
                new Namespace(Namespace.Type.IPC),
                new Namespace(Namespace.Type.UTS),
                new Namespace(Namespace.Type.MOUNT)))
        .withMaskedPaths(
            List.of(
                "/proc/acpi",
                "/proc/asound",
                "/proc/kcore",
                "/proc/keys",
                "/proc/latency_stats",
                "/proc/timer_list",
                "/proc/timer_stats",
                "/proc/sched_debug",
                "/sys/firmware",
                "/proc/scsi"))
        .withReadonlyPaths(
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"));
  }
}
