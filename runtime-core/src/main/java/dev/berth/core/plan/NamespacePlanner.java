package dev.berth.core.plan;

import dev.berth.core.plan.JoinedNamespace.Access;
import dev.berth.spec.LinuxSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How the process comes into its namespaces.
 *
 * <p>New ones are made by a fork of the stub, which is the container's process. Only a new user
 * namespace is made before: with the stub, since the memory of a process belongs to the user
 * namespace that it was in at its exec, and so do its files in {@code /proc}; or by the stub, where
 * others must be joined first. Whoever enters a user namespace loses the runtime's permission to
 * join others, and what is made before a user namespace is joined would not belong to that.
 */
final class NamespacePlanner {
  private final Draft draft;
  private final LinuxSpec linux;
  private final ContainerNamespaces namespaces;

  NamespacePlanner(Draft draft, LinuxSpec linux, ContainerNamespaces namespaces) {
    this.draft = draft;
    this.linux = linux;
    this.namespaces = namespaces;
  }

  /** Those that the stub is executed in. */
  Set<NamespaceKind> ofStub() {
    return makesUser() && namespaces.joined().isEmpty() ? Set.of(NamespaceKind.USER) : Set.of();
  }

  /** All but time namespaces, and those that show what the process has become in them. */
  void enter(CgroupPlanner cgroup) {
    boolean entersUser = namespaces.has(NamespaceKind.USER);
    if (meetsOthers()) {
      // Who is in them already can see this process, and must not trace it: CVE-2016-9962.
      draft.add(new Step.SetNonDumpable());
    }
    Predicate<JoinedNamespace> first =
        each -> entersUser && each.access() == Access.OF_RUNTIME && !isUser(each);
    join(first);
    if (namespaces.joins(NamespaceKind.USER)) {
      join(NamespacePlanner::isUser);
      compareIds();
    }
    if (makesUser()) {
      if (ofStub().isEmpty()) {
        draft.add(new Step.Unshare(List.of(NamespaceKind.USER)));
      }
      // Before there is a network namespace, which notes the id of root for its files in /sys.
      draft.add(new Step.Sync(SyncPoint.MAP_IDS));
    }
    join(first.or(NamespacePlanner::isUser).negate());
    draft.add(new Step.Fork(forked(), cgroup.birthplace()));
    cgroup.enter();
  }

  /** Comes after the fork: only the process that makes it can settle its offsets. */
  void makeTimeNamespace() {
    if (namespaces.makes(NamespaceKind.TIME)) {
      draft.add(new Step.NewTimeNamespace(offsets()));
    }
  }

  private boolean makesUser() {
    return namespaces.makes(NamespaceKind.USER);
  }

  /**
   * Before the process gives up capabilities that others have not: those that come to see it while
   * it waits for its start must not trace it either.
   */
  void hide() {
    if (!meetsOthers()) {
      draft.add(new Step.SetNonDumpable());
    }
  }

  private boolean meetsOthers() {
    return namespaces.joins(NamespaceKind.USER) || namespaces.joins(NamespaceKind.PID);
  }

  /** All but those of which each needs a moment, or an order, of its own. */
  private List<NamespaceKind> forked() {
    Set<NamespaceKind> together = namespaces.made();
    together.remove(NamespaceKind.USER);
    // It shows the cgroup that it was made in, so it comes after the process is in its cgroup.
    together.remove(NamespaceKind.CGROUP);
    // Only children enter one that clone(2) or unshare(2) made, and then its offsets are settled.
    together.remove(NamespaceKind.TIME);
    if (makesUser()) {
      // Its message queues are those of whoever makes it: of root, once the process is that.
      together.remove(NamespaceKind.IPC);
    }
    return together.stream().sorted().toList();
  }

  private void join(Predicate<JoinedNamespace> which) {
    for (JoinedNamespace each : namespaces.joined()) {
      if (which.test(each)) {
        int slot = draft.receive(new Descriptor.JoinedNamespace(each.kind()));
        draft.add(new Step.JoinNamespaces(slot, List.of(each.kind())));
      }
    }
  }

  private void compareIds() {
    if (!linux.uidMappings().isEmpty() || !linux.gidMappings().isEmpty()) {
      draft.add(new Step.Sync(SyncPoint.COMPARE_IDS));
    }
  }

  private List<Step.NewTimeNamespace.Offset> offsets() {
    return linux.timeOffsets().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry ->
            new Step.NewTimeNamespace.Offset(
                entry.getKey(),
                Objects.requireNonNullElse(entry.getValue().secs(), 0L),
                Objects.requireNonNullElse(entry.getValue().nanosecs(), 0L)))
        .filter(offset -> offset.seconds() != 0 || offset.nanoseconds() != 0)
        .toList();
  }

  private static boolean isUser(JoinedNamespace namespace) {
    return namespace.kind() == NamespaceKind.USER;
  }
}
