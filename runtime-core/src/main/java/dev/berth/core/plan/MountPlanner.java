package dev.berth.core.plan;

import dev.berth.core.spec.ContainerPath;
import dev.berth.core.spec.MountAttribute;
import dev.berth.core.spec.MountOptions;
import dev.berth.spec.Mount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code mounts}, in the order given. */
final class MountPlanner {
  private final Draft draft;
  private final MountSteps steps;
  private final Path bundle;
  private final CgroupMountPlanner cgroups;
  private final List<Integer> readonlyInTheEnd = new ArrayList<>();

  MountPlanner(Draft draft, Path bundle, CgroupMountPlanner cgroups) {
    this.draft = draft;
    this.steps = new MountSteps(draft);
    this.bundle = bundle;
    this.cgroups = cgroups;
  }

  void add(Mount mount) {
    MountOptions options = MountOptions.of(mount);
    String target = target(mount);
    if (!options.isBind() && "cgroup".equals(mount.type())) {
      cgroups.add(target, options);
    } else {
      int slot = options.isBind() ? bind(mount, options) : make(mount, target, options);
      steps.attach(slot, target, symlinks(mount.type(), target), options.propagation());
    }
  }

  /** Makes read-only what later mounts and devices had to be made in. */
  void makeReadonly() {
    readonlyInTheEnd.forEach(steps::makeReadonly);
  }

  /** Where {@code mount} goes; the specification takes a relative destination from {@code /}. */
  static String target(Mount mount) {
    String destination = mount.destination();
    return destination.startsWith("/") ? destination : "/" + destination;
  }

  private int bind(Mount mount, MountOptions options) {
    Path source = bundle.resolve(Objects.requireNonNullElse(mount.source(), ""));
    boolean recursive = options.source() == MountOptions.Source.RECURSIVE_BIND;
    int slot = draft.openSource(source.toString(), recursive);
    steps.setAttributes(slot, options.attributes(), false);
    steps.setAttributes(slot, options.recursiveAttributes(), true);
    return slot;
  }

  private int make(Mount mount, String target, MountOptions options) {
    String type = Objects.requireNonNullElse(mount.type(), "");
    String source = Objects.requireNonNullElse(mount.source(), "");
    // Read-only and the like are attributes of this mount and never of its superblock, which for
    // sysfs or a cgroup hierarchy is the host's own.
    long attributes = options.attributes().then(options.recursiveAttributes()).set();
    int slot = draft.newSlot();
    if ((attributes & MountAttribute.RDONLY) != 0 && isFilledLater(type, target)) {
      attributes &= ~MountAttribute.RDONLY;
      readonlyInTheEnd.add(slot);
    }
    draft.add(new Step.NewMount(slot, type, source, options.parameters(), attributes));
    if (type.equals("tmpfs") && options.data().stream().noneMatch(o -> o.startsWith("mode="))) {
      // It would have 1777, which is not what somebody who mounts a /run expects.
      draft.add(new Step.MakeDirectory(target, RootPlanner.DIRECTORY_MODE));
      draft.add(new Step.CopyMode(slot, target));
    }
    return slot;
  }

  /** Whether devices, or the mount points of later mounts, may have to be made in the mount. */
  private static boolean isFilledLater(String type, String target) {
    return type.equals("tmpfs") || ContainerPath.clean(target).equals("/dev");
  }

  /**
   * A {@code /proc} that is a symbolic link of the image would make the runtime write security
   * labels into ordinary files: CVE-2019-19921, CVE-2023-28642. What may be mounted within was
   * checked by name; a link may not lead there.
   */
  private static Symlinks symlinks(@Nullable String type, String target) {
    String place = ContainerPath.clean(target);
    boolean kernelInterface =
        "proc".equals(type)
            || "sysfs".equals(type)
            || place.equals("/proc")
            || place.startsWith("/proc/")
            || place.equals("/sys");
    return kernelInterface ? Symlinks.REFUSE : Symlinks.FOLLOW_IN_ROOT;
  }
}
