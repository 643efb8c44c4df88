package dev.berth.core.plan;

import dev.berth.core.spec.ContainerPath;
import dev.berth.core.spec.MountAttribute;
import dev.berth.core.spec.MountOptions;
import dev.berth.core.spec.MountOptions.Attributes;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.util.OptionalLong;

/** Whose the cgroup of a container is; config-linux.md, "Cgroup ownership". */
public final class CgroupOwner {
  private static final String TREE = "/sys/fs/cgroup";

  private CgroupOwner() {}

  /**
   * The user of the container's program, if he is to manage the cgroup, as a systemd in the
   * container does: he sees it as the root of the tree, and can write to it.
   *
   * @return a uid of the runtime's user namespace; empty if the cgroup stays the runtime's
   */
  public static OptionalLong of(Spec spec) {
    return spec.process() != null && isRoot(spec) && isWritable(spec)
        ? hostId(spec, spec.process().user().uid())
        : OptionalLong.empty();
  }

  private static boolean isRoot(Spec spec) {
    return spec.linux().namespaces().stream()
        .anyMatch(each -> each.type() == Namespace.Type.CGROUP && each.path() == null);
  }

  private static boolean isWritable(Spec spec) {
    return spec.mounts().stream().anyMatch(CgroupOwner::isWritableTree);
  }

  private static boolean isWritableTree(Mount mount) {
    return "cgroup".equals(mount.type())
        && ContainerPath.clean(mount.destination()).equals(TREE)
        && !isReadonly(mount);
  }

  private static boolean isReadonly(Mount mount) {
    MountOptions options = MountOptions.of(mount);
    Attributes attributes = options.attributes().then(options.recursiveAttributes());
    return (attributes.set() & MountAttribute.RDONLY) != 0;
  }

  /** Of a user namespace that is joined nobody knows the mappings yet. */
  private static OptionalLong hostId(Spec spec, long uid) {
    boolean mapped =
        spec.linux().namespaces().stream().anyMatch(each -> each.type() == Namespace.Type.USER);
    return mapped ? HostId.of(uid, spec.linux().uidMappings()) : OptionalLong.of(uid);
  }
}
