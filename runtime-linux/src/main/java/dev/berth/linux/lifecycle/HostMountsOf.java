package dev.berth.linux.lifecycle;

import dev.berth.core.cgroup.MountTable;
import dev.berth.core.plan.HostMounts;
import dev.berth.core.plan.RootChange;
import dev.berth.core.spec.MountOptions;
import dev.berth.core.text.HostPath;
import dev.berth.core.text.KernelText;
import dev.berth.linux.sys.Host;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Looks at the host's mounts and file systems, as far as a configuration makes that matter. */
final class HostMountsOf {
  private static final Path SELINUX = Path.of("/sys/fs/selinux/enforce");
  private static final Set<String> KERNEL_INTERFACES = Set.of("proc", "sysfs");

  private HostMountsOf() {}

  static HostMounts of(Spec spec, Users users, Path bundle, Path rootfs, RootChange change)
      throws IOException {
    return new HostMounts(
        users == Users.INHERITED ? Set.of() : unreachable(spec, bundle),
        change == RootChange.MOVE ? kernelInterfaces(rootfs) : List.of(),
        spec.linux().mountLabel() != null && Files.exists(SELINUX));
  }

  /** Only root reaches more than root of the user namespace that it makes. */
  private static Set<String> unreachable(Spec spec, Path bundle) throws IOException {
    Set<String> unreachable = new HashSet<>();
    if (Host.geteuid() == 0) {
      Reach reach = new Reach();
      for (Mount mount : spec.mounts()) {
        if (MountOptions.of(mount).isBind()) {
          Path source = bundle.resolve(HostPath.of(Objects.requireNonNullElse(mount.source(), "")));
          if (!reach.withoutCapabilities(source)) {
            unreachable.add(HostPath.text(source));
          }
        }
      }
    }
    return unreachable;
  }

  /** Those below others first; the container's root keeps what is mounted in it. */
  private static List<String> kernelInterfaces(Path rootfs) throws IOException {
    return MountTable.parse(KernelText.read(Path.of("/proc/self/mountinfo")))
        .points(KERNEL_INTERFACES)
        .reversed()
        .stream()
        .filter(point -> !HostPath.of(point).startsWith(rootfs))
        .toList();
  }
}
