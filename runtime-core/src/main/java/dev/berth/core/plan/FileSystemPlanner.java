package dev.berth.core.plan;

import dev.berth.core.spec.MountOptions;
import dev.berth.core.spec.MountOptions.Attributes;
import dev.berth.spec.Mount;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Mounts of new file systems, of whatever type but {@code cgroup}. */
final class FileSystemPlanner {
  /** Their files have labels of their own, and the kernel takes no other for all of them. */
  private static final Set<String> WITHOUT_LABEL = Set.of("proc", "sysfs", "mqueue", "cgroup2");

  private final Draft draft;
  private final MountSteps steps;
  private final boolean sysMayBeRefused;
  private final @Nullable String label;

  /**
   * @param sysMayBeRefused whether the container is in a user namespace, and in a network namespace
   *     that may not belong to it
   * @param label of all files of a file system; {@code null} for none
   */
  FileSystemPlanner(Draft draft, boolean sysMayBeRefused, @Nullable String label) {
    this.draft = draft;
    this.steps = new MountSteps(draft);
    this.sysMayBeRefused = sysMayBeRefused;
    this.label = label;
  }

  /**
   * The file system, detached.
   *
   * @return its slot
   */
  int make(Mount mount, MountOptions options, Attributes attributes) {
    String type = Objects.requireNonNullElse(mount.type(), "");
    String source = Objects.requireNonNullElse(mount.source(), "");
    boolean labelled = !WITHOUT_LABEL.contains(type);
    FileSystem made =
        new FileSystem(type, source, options.superblock(), options.data(), labelled ? label : null);
    if (type.equals("sysfs") && sysMayBeRefused) {
      return steps.makeOrBind(made, attributes, "/sys", true);
    }
    int slot = steps.make(made, attributes);
    if (type.equals("tmpfs")) {
      takeOver(slot, MountPlanner.target(mount), options);
    }
    return slot;
  }

  private void takeOver(int slot, String target, MountOptions options) {
    if (!isGiven("mode=", options)) {
      // It would have 1777, which is not what somebody who mounts a /run expects.
      draft.add(new Step.MakeDirectory(target, RootPlanner.DIRECTORY_MODE));
      draft.add(new Step.CopyMode(slot, target));
    }
    if (options.copiesUp()) {
      if (!isGiven("uid=", options) && !isGiven("gid=", options)) {
        draft.add(new Step.CopyOwner(slot, target));
      }
      draft.add(new Step.CopyUp(slot, target));
    }
  }

  private static boolean isGiven(String name, MountOptions options) {
    return options.data().stream().anyMatch(option -> option.startsWith(name));
  }
}
