package dev.berth.core.plan;

import dev.berth.core.cgroup.MountedHierarchy;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** How a process comes into its cgroup: with a fork, and by what follows that. */
final class CgroupPlanner {
  private final Draft draft;
  private final Placement placement;
  private final HostView host;

  CgroupPlanner(Draft draft, Placement placement, HostView host) {
    this.draft = draft;
    this.placement = placement;
    this.host = host;
  }

  /** The slot of the cgroup v2 directory that a fork is to be born in, if it is. */
  OptionalInt birthplace() {
    if (placement != Placement.AT_BIRTH || host.cgroup() == null) {
      return OptionalInt.empty();
    }
    return host.cgroups().hierarchies().stream()
        .filter(MountedHierarchy::isUnified)
        .mapToInt(each -> draft.receive(new Descriptor.CgroupDirectory(each.name())))
        .findFirst();
  }

  /** Adds what comes after the fork. */
  void enter() {
    switch (placement) {
      case AT_BIRTH -> join(each -> !each.isUnified());
      case BY_ITSELF -> join(_ -> true);
      case BY_RUNTIME -> draft.add(new Step.Sync(SyncPoint.ENTER_CGROUP));
    }
  }

  private void join(Predicate<MountedHierarchy> which) {
    if (host.cgroup() == null) {
      return;
    }
    for (MountedHierarchy hierarchy : host.cgroups().hierarchies()) {
      if (which.test(hierarchy)) {
        draft.add(new Step.JoinCgroup(draft.receive(new Descriptor.CgroupProcs(hierarchy.name()))));
      }
    }
  }
}
