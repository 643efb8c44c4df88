package dev.berth.core.plan;

import dev.berth.core.spec.MountOptions;
import dev.berth.core.spec.MountOptions.IdMapped;
import dev.berth.core.text.HostPath;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The bind sources that the runtime itself opens and hands over: those whose ids are mapped, which
 * takes its privilege over the file system, and those that it can reach, and root of the
 * container's user namespace cannot.
 *
 * <p>All others the stub opens. In a user namespace the kernel then locks what the host has
 * forbidden on a mount, {@code ro} for example; on a tree that is handed over it does not.
 */
final class HostTrees {
  private final Path bundle;
  private final Map<Integer, Integer> slots = new HashMap<>();

  private HostTrees(Path bundle) {
    this.bundle = bundle;
  }

  /** Those of {@code request}; comes before the first new slot. */
  static HostTrees receive(Draft draft, InitRequest request) {
    HostTrees trees = new HostTrees(request.bundle());
    Spec spec = request.spec();
    for (int index = 0; index < spec.mounts().size(); index++) {
      Mount mount = spec.mounts().get(index);
      MountOptions options = MountOptions.of(mount);
      if (options.isBind()) {
        Descriptor.@Nullable IdMap map = map(mount, options, spec.linux());
        String path = trees.path(mount);
        if (map != null || request.host().mounts().unreachable().contains(path)) {
          trees.slots.put(
              index, draft.receive(new Descriptor.Tree(index, path, isRecursive(options), map)));
        }
      }
    }
    return trees;
  }

  OptionalInt slot(int index) {
    Integer slot = slots.get(index);
    return slot == null ? OptionalInt.empty() : OptionalInt.of(slot);
  }

  String path(Mount mount) {
    return HostPath.text(
        bundle.resolve(HostPath.of(Objects.requireNonNullElse(mount.source(), ""))));
  }

  static boolean isRecursive(MountOptions options) {
    return options.source() == MountOptions.Source.RECURSIVE_BIND;
  }

  /** Without mappings of the mount's own, those of the container's user namespace are meant. */
  private static Descriptor.@Nullable IdMap map(
      Mount mount, MountOptions options, LinuxSpec linux) {
    boolean below = options.idMapped() == IdMapped.TREE;
    if (!mount.uidMappings().isEmpty()) {
      return new Descriptor.IdMap(mount.uidMappings(), mount.gidMappings(), below);
    }
    return options.idMapped() == IdMapped.NO
        ? null
        : new Descriptor.IdMap(linux.uidMappings(), linux.gidMappings(), below);
  }
}
