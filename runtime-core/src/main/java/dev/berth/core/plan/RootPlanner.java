package dev.berth.core.plan;

import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import dev.berth.core.spec.ContainerPath;
import dev.berth.core.spec.MountOptions;
import dev.berth.core.text.HostPath;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** From the host's mounts to the container's, with all that is made on the way. */
final class RootPlanner {
  static final int DIRECTORY_MODE = 0755;

  /** Those that the stub has for itself, and some for what is opened for a moment. */
  private static final int OTHER_DESCRIPTORS = 64;

  private static final String CGROUP_MOUNT_POINT = "/sys/fs/cgroup";

  private final Draft draft;
  private final InitRequest request;
  private final Spec spec;
  private final ContainerNamespaces namespaces;
  private final HookPlanner hooks;
  private final HostTrees trees;

  /** Comes before the first new slot of {@code draft}. */
  RootPlanner(Draft draft, InitRequest request, ContainerNamespaces namespaces, HookPlanner hooks) {
    this.draft = draft;
    this.request = request;
    this.spec = request.spec();
    this.namespaces = namespaces;
    this.hooks = hooks;
    this.trees = HostTrees.receive(draft, request);
  }

  /** Makes the root file system, with all in it, and changes to it. */
  void enter() {
    if (namespaces.has(NamespaceKind.MOUNT)) {
      leaveHost();
      settleInNamespaces();
      makeRoot();
    } else {
      // Whatever was mounted, made or covered now would be so for the host.
      draft.add(new Step.TakeRoot(HostPath.text(request.rootfs())));
      settleInNamespaces();
      hooks.beforeChangeOfRoot();
      draft.add(new Step.ChangeRoot());
      new StreamsPlanner(draft, process()).addWithoutConsole();
    }
  }

  private void makeRoot() {
    String label = request.host().mounts().label(spec.linux());
    MountPlanner mounts =
        new MountPlanner(
            draft,
            trees,
            new CgroupMountPlanner(
                draft,
                request.host(),
                namespaces.has(NamespaceKind.CGROUP),
                isInUserNamespace(),
                label),
            new FileSystemPlanner(draft, mayBeRefusedSys(), label));
    mounts.addAll(spec.mounts());
    new DevicePlanner(draft, nodes()).addAll(spec);
    requireOpenFiles(draft.openAtOnce() + mounts.openToTheEnd());
    addWorkingDirectory();
    if (spec.linux().intelRdt() != null) {
      draft.add(new Step.Sync(SyncPoint.JOIN_RESCTRL));
    }
    // As late as that: what fails later takes the devices along.
    NetworkPlanner.add(draft, spec.linux().netDevices());
    hooks.beforeChangeOfRoot();
    changeRoot();
    new StreamsPlanner(draft, process()).addToContainer();
    mounts.makeReadonly();
    if (Objects.requireNonNull(spec.root(), "root").readonly()) {
      draft.add(new Step.MakeRootReadonly());
    }
  }

  private void requireOpenFiles(int descriptors) {
    long limit = request.host().openFilesHardLimit();
    if (Long.compareUnsigned(descriptors + OTHER_DESCRIPTORS, limit) > 0) {
      throw new InvalidSpecException(
          "config.json",
          List.of(
              new Problem(
                  "mounts",
                  "%s descriptors must be open at once, and the runtime's hard RLIMIT_NOFILE is %s;"
                          .formatted(descriptors, Long.toUnsignedString(limit))
                      + " raise it, or use fewer mounts")));
    }
  }

  private void changeRoot() {
    switch (request.rootChange()) {
      case PIVOT -> draft.add(new Step.PivotRoot());
      case MOVE -> {
        // For a process that takes the new root away: with these, the old one shows all of the
        // host.
        for (String path : request.host().mounts().kernelInterfaces()) {
          draft.add(new Step.DropHostMount(path));
        }
        draft.add(new Step.MoveRoot());
      }
    }
  }

  /** Comes after all else that is done to the root: what is covered now cannot be seen any more. */
  void protectPaths() {
    for (String path : new LinkedHashSet<>(spec.linux().readonlyPaths())) {
      draft.add(new Step.MakePathReadonly(path));
    }
    Set<String> masked = new LinkedHashSet<>(spec.linux().maskedPaths());
    if (showsHostCgroups()) {
      masked.add(CGROUP_MOUNT_POINT);
    }
    for (String path : masked) {
      draft.add(new Step.MaskPath(path));
    }
    changePropagation();
  }

  /** What needs the host's permissions. */
  private void leaveHost() {
    if (namespaces.has(NamespaceKind.USER) || sharesMounts()) {
      draft.openSourcesHere();
    }
    draft.add(new Step.SetRootPropagation(Propagation.RSLAVE));
    draft.add(new Step.MountRoot(HostPath.text(request.rootfs())));
  }

  private void settleInNamespaces() {
    if (namespaces.has(NamespaceKind.USER)) {
      Planner.becomeRoot(draft);
    }
    draft.add(new Step.NewSession());
    if (namespaces.makes(NamespaceKind.USER) && namespaces.makes(NamespaceKind.IPC)) {
      draft.add(new Step.Unshare(List.of(NamespaceKind.IPC)));
    }
    if (namespaces.makes(NamespaceKind.CGROUP)) {
      draft.add(new Step.Unshare(List.of(NamespaceKind.CGROUP)));
    }
    if (namespaces.makes(NamespaceKind.NETWORK)) {
      draft.add(new Step.LoopbackUp());
    }
  }

  /**
   * Or has as little permission: then a mount that is refused is bound, and cgroups are covered.
   */
  private boolean isInUserNamespace() {
    return nodes() == HostView.Nodes.BOUND;
  }

  /** sysfs is for a network namespace, and only for those who own that namespace. */
  private boolean mayBeRefusedSys() {
    return isInUserNamespace() && !namespaces.makes(NamespaceKind.NETWORK);
  }

  private HostView.Nodes nodes() {
    return namespaces.has(NamespaceKind.USER) ? HostView.Nodes.BOUND : request.host().nodes();
  }

  /**
   * With a shared root, mounts below a bind source appear on the other side too, so sources are
   * opened while they are still peers of the host's mounts.
   */
  private boolean sharesMounts() {
    LinuxSpec.Propagation propagation = spec.linux().rootfsPropagation();
    return propagation == LinuxSpec.Propagation.SHARED
        || propagation == LinuxSpec.Propagation.RSHARED;
  }

  private void addWorkingDirectory() {
    String cwd = process().cwd();
    if (!cwd.equals("/")) {
      draft.add(new Step.MakeDirectory(cwd, DIRECTORY_MODE));
    }
  }

  private ProcessSpec process() {
    return Objects.requireNonNull(spec.process(), "process");
  }

  private void changePropagation() {
    LinuxSpec.Propagation propagation = spec.linux().rootfsPropagation();
    if (propagation != null) {
      // Only now: before the change of root it would have been the host's mounts that change, and
      // what is unbindable cannot be mounted on itself any more, to be read-only.
      draft.add(new Step.SetRootPropagation(Propagation.of(propagation)));
    }
  }

  /**
   * Read-only is only the top of a tree that is bound: in {@code /sys} of an unprivileged user, the
   * cgroups that are mounted below it are that user's, and would be writable (CVE-2023-25809).
   */
  private boolean showsHostCgroups() {
    return isInUserNamespace()
        && spec.mounts().stream().anyMatch(this::mayBindAllOfSys)
        && spec.mounts().stream()
            .noneMatch(
                mount -> ContainerPath.clean(mount.destination()).equals(CGROUP_MOUNT_POINT));
  }

  private boolean mayBindAllOfSys(Mount mount) {
    return ContainerPath.clean(mount.destination()).equals("/sys")
        && (MountOptions.of(mount).source() == MountOptions.Source.RECURSIVE_BIND
            || mayBeRefusedSys());
  }
}
