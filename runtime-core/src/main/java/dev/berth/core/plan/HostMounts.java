package dev.berth.core.plan;

import dev.berth.spec.LinuxSpec;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a plan depends on of the host's mounts and file systems.
 *
 * @param unreachable sources of bind mounts that the runtime can open, and root of the container's
 *     user namespace cannot: absolute paths
 * @param kernelInterfaces where proc and sysfs are mounted, outside the container's root; asked for
 *     only where the old root stays below the new one
 * @param selinux whether SELinux is enabled
 */
public record HostMounts(Set<String> unreachable, List<String> kernelInterfaces, boolean selinux) {
  /** Nothing that a plan would have to be different for. */
  public static final HostMounts USUAL = new HostMounts(Set.of(), List.of(), false);

  /** Copies the collections. */
  public HostMounts {
    unreachable = Set.copyOf(unreachable);
    kernelInterfaces = List.copyOf(kernelInterfaces);
  }

  /** The label of new file systems: without SELinux there is none, whatever was asked for. */
  @Nullable String label(LinuxSpec linux) {
    return selinux ? linux.mountLabel() : null;
  }
}
