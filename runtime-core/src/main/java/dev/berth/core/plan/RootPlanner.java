package dev.berth.core.plan;

import dev.berth.core.spec.ContainerPath;
import dev.berth.core.spec.MountOptions;
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

  private static final String CGROUP_MOUNT_POINT = "/sys/fs/cgroup";

  private final Draft draft;
  private final InitRequest request;
  private final Spec spec;
  private final ContainerNamespaces namespaces;
  private final HookPlanner hooks;

  RootPlanner(Draft draft, InitRequest request, ContainerNamespaces namespaces, HookPlanner hooks) {
    this.draft = draft;
    this.request = request;
    this.spec = request.spec();
    this.namespaces = namespaces;
    this.hooks = hooks;
  }

  /** Makes the root file system, with all in it, and changes to it. */
  void enter() {
    MountPlanner mounts =
        new MountPlanner(
            draft,
            request.bundle(),
            new CgroupMountPlanner(draft, request.host(), namespaces.has(NamespaceKind.CGROUP)));
    leaveHost();
    settleInNamespaces();
    spec.mounts().forEach(mounts::add);
    new DevicePlanner(draft, nodes()).addAll(spec);
    addWorkingDirectory();
    hooks.beforeChangeOfRoot();
    draft.add(new Step.PivotRoot());
    new StreamsPlanner(draft, process()).addToContainer();
    changePropagation();
    mounts.makeReadonly();
    if (Objects.requireNonNull(spec.root(), "root").readonly()) {
      draft.add(new Step.MakeRootReadonly());
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
  }

  /** What needs the host's permissions. */
  private void leaveHost() {
    if (namespaces.has(NamespaceKind.USER) || sharesMounts()) {
      draft.openSourcesHere();
    }
    draft.add(new Step.SetRootPropagation(Propagation.RSLAVE));
    draft.add(new Step.MountRoot(request.rootfs().toString()));
  }

  private void settleInNamespaces() {
    if (namespaces.makes(NamespaceKind.USER)) {
      draft.add(new Step.Sync(SyncPoint.MAP_IDS));
    }
    if (namespaces.has(NamespaceKind.USER)) {
      Planner.becomeRoot(draft);
    }
    draft.add(new Step.NewSession());
    if (namespaces.makes(NamespaceKind.CGROUP)) {
      draft.add(new Step.Unshare(List.of(NamespaceKind.CGROUP)));
    }
    if (namespaces.makes(NamespaceKind.NETWORK)) {
      draft.add(new Step.LoopbackUp());
    }
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
      // Only now, since before the change of root it would have been the host's mounts that change.
      draft.add(new Step.SetRootPropagation(Propagation.of(propagation)));
    }
  }

  /**
   * Read-only is only the top of a tree that is bound: in {@code /sys} of an unprivileged user, the
   * cgroups that are mounted below it are that user's, and would be writable (CVE-2023-25809).
   */
  private boolean showsHostCgroups() {
    return !namespaces.has(NamespaceKind.CGROUP)
        && nodes() == HostView.Nodes.BOUND
        && spec.mounts().stream().anyMatch(RootPlanner::bindsAllOfSys)
        && spec.mounts().stream()
            .noneMatch(
                mount -> ContainerPath.clean(mount.destination()).equals(CGROUP_MOUNT_POINT));
  }

  private static boolean bindsAllOfSys(Mount mount) {
    return ContainerPath.clean(mount.destination()).equals("/sys")
        && MountOptions.of(mount).source() == MountOptions.Source.RECURSIVE_BIND;
  }
}
