package dev.berth.core.plan;

import dev.berth.core.spec.ContainerPath;
import dev.berth.core.spec.MountAttribute;
import dev.berth.core.spec.MountOptions;
import dev.berth.core.spec.MountOptions.Attributes;
import dev.berth.spec.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** {@code mounts}, in the order given. */
final class MountPlanner {
  private final Draft draft;
  private final MountSteps steps;
  private final HostTrees trees;
  private final CgroupMountPlanner cgroups;
  private final FileSystemPlanner fileSystems;
  private final List<Integer> readonlyInTheEnd = new ArrayList<>();

  MountPlanner(
      Draft draft, HostTrees trees, CgroupMountPlanner cgroups, FileSystemPlanner fileSystems) {
    this.draft = draft;
    this.steps = new MountSteps(draft);
    this.trees = trees;
    this.cgroups = cgroups;
    this.fileSystems = fileSystems;
  }

  void addAll(List<Mount> mounts) {
    for (int index = 0; index < mounts.size(); index++) {
      add(index, mounts.get(index));
    }
  }

  /** How many mounts stay open until {@link #makeReadonly()}. */
  int openToTheEnd() {
    return readonlyInTheEnd.size();
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

  private void add(int index, Mount mount) {
    MountOptions options = MountOptions.of(mount);
    if (options.isRemount()) {
      remount(mount, options);
    } else if (options.isBind()) {
      attach(bind(index, mount, options), mount, options);
    } else if ("cgroup".equals(mount.type())) {
      cgroups.add(target(mount), options);
    } else {
      attach(make(mount, options), mount, options);
    }
  }

  private int bind(int index, Mount mount, MountOptions options) {
    int slot = trees.open(index, mount, options);
    setAttributes(slot, mount, options);
    return slot;
  }

  private int make(Mount mount, MountOptions options) {
    // Read-only and the like are attributes of this mount and never of its superblock, which for
    // sysfs or a cgroup hierarchy is the host's own.
    Attributes attributes = options.attributes().then(options.recursiveAttributes());
    int slot = fileSystems.make(mount, options, forNow(mount, attributes));
    makeReadonlyLater(slot, mount, attributes);
    return slot;
  }

  private void remount(Mount mount, MountOptions options) {
    int slot = draft.newSlot();
    draft.add(new Step.FindMount(slot, target(mount)));
    List<String> parameters = FileSystem.parameters(options.superblock(), options.data());
    if (options.source() == MountOptions.Source.MOUNTED && !parameters.isEmpty()) {
      draft.add(new Step.Reconfigure(slot, parameters));
    }
    setAttributes(slot, mount, options);
    steps.propagate(slot, options.propagation());
  }

  private void setAttributes(int slot, Mount mount, MountOptions options) {
    steps.setAttributes(slot, forNow(mount, options.attributes()), false);
    steps.setAttributes(slot, options.recursiveAttributes(), true);
    makeReadonlyLater(slot, mount, options.attributes());
  }

  private void attach(int slot, Mount mount, MountOptions options) {
    draft.add(
        isRoot(mount)
            ? new Step.CoverRoot(slot)
            : new Step.Attach(slot, target(mount), symlinks(mount), procfs(mount, options)));
    // Only now: a mount that is attached below a shared one becomes shared itself.
    steps.propagate(slot, options.propagation());
  }

  private static boolean isReadonlyLater(Mount mount, Attributes asked) {
    return (asked.set() & MountAttribute.RDONLY) != 0 && isFilledLater(mount);
  }

  private static Attributes forNow(Mount mount, Attributes asked) {
    return isReadonlyLater(mount, asked) ? asked.without(MountAttribute.RDONLY) : asked;
  }

  private void makeReadonlyLater(int slot, Mount mount, Attributes asked) {
    if (isReadonlyLater(mount, asked)) {
      readonlyInTheEnd.add(slot);
    }
  }

  /** Whether devices, or the mount points of later mounts, may have to be made in the mount. */
  private static boolean isFilledLater(Mount mount) {
    return "tmpfs".equals(mount.type()) || place(mount).equals("/dev") || isRoot(mount);
  }

  private static boolean isRoot(Mount mount) {
    return place(mount).equals("/");
  }

  /** Where {@code mount} goes, if no link is on the way. */
  private static String place(Mount mount) {
    return ContainerPath.clean(mount.destination());
  }

  /**
   * A {@code /proc} that is a symbolic link of the image would make the runtime write security
   * labels into ordinary files: CVE-2019-19921, CVE-2023-28642. What may be mounted within was
   * checked by name; a link may not lead there.
   */
  private static Symlinks symlinks(Mount mount) {
    String type = Objects.requireNonNullElse(mount.type(), "");
    String place = place(mount);
    boolean kernelInterface =
        type.equals("proc")
            || type.equals("sysfs")
            || place.equals("/proc")
            || place.startsWith("/proc/")
            || place.equals("/sys");
    return kernelInterface ? Symlinks.REFUSE : Symlinks.FOLLOW_IN_ROOT;
  }

  private static Procfs procfs(Mount mount, MountOptions options) {
    String place = place(mount);
    if (place.equals("/proc")) {
      return options.isBind() ? Procfs.REQUIRED : Procfs.ALLOWED;
    }
    return place.startsWith("/proc/") ? Procfs.ALLOWED : Procfs.REFUSED;
  }
}
