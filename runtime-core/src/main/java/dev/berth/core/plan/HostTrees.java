package dev.berth.core.plan;

import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import dev.berth.core.spec.MountOptions;
import dev.berth.core.spec.MountOptions.IdMapped;
import dev.berth.core.text.HostPath;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The trees of bind mounts. The runtime itself opens, and hands over, those whose ids are mapped,
 * which takes its privilege over the file system, and those that it can reach, and root of the
 * container's user namespace cannot.
 *
 * <p>All others the stub opens. In a user namespace the kernel then locks what the host has
 * forbidden on a mount, {@code ro} for example; on a tree that is handed over it does not.
 */
final class HostTrees {
  /** Their messages wait in a socket that nobody reads yet, and that holds twice as many. */
  private static final int MAX = 16_384;

  private final Draft draft;
  private final Path bundle;
  private final Map<Integer, Integer> slots = new HashMap<>();

  private HostTrees(Draft draft, Path bundle) {
    this.draft = draft;
    this.bundle = bundle;
  }

  /** Those of {@code request}; comes before the first new slot. */
  static HostTrees receive(Draft draft, InitRequest request) {
    HostTrees trees = new HostTrees(draft, request.bundle());
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
    requireRoom(trees.slots.size());
    return trees;
  }

  private static void requireRoom(int trees) {
    if (trees > MAX) {
      throw new InvalidSpecException(
          "config.json",
          List.of(
              new Problem(
                  "mounts",
                  "%s sources have their ids mapped, or are out of reach for the container's root;"
                          .formatted(trees)
                      + " the runtime hands over %s at most".formatted(MAX))));
    }
  }

  /**
   * The tree of the bind {@code mount} at {@code index} of the configuration, detached.
   *
   * @return its slot
   */
  int open(int index, Mount mount, MountOptions options) {
    Integer received = slots.get(index);
    return received == null ? draft.openSource(path(mount), isRecursive(options)) : received;
  }

  private String path(Mount mount) {
    return HostPath.text(
        bundle.resolve(HostPath.of(Objects.requireNonNullElse(mount.source(), ""))));
  }

  private static boolean isRecursive(MountOptions options) {
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
