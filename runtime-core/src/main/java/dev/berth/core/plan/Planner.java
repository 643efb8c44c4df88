package dev.berth.core.plan;

import dev.berth.Problem;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.core.spec.MountOptions;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Compiles a checked configuration to the steps that make its container.
 *
 * <p>Every decision of the specification is made here, without a kernel; the same input gives the
 * same plan. The order is the one that the kernel's rules leave: what needs the host's permissions
 * comes before the change of ids, what needs the host's files before the change of root, and what
 * needs capabilities before they are given up.
 */
public final class Planner {
  static final int DIRECTORY_MODE = 0755;

  private static final String CGROUP_MOUNT_POINT = "/sys/fs/cgroup";

  private Planner() {}

  /** The plan of a container's first process. */
  public static Plan create(InitRequest request) {
    Spec spec = request.spec();
    ProcessSpec process = Objects.requireNonNull(spec.process(), "process");
    Set<NamespaceKind> namespaces = newNamespaces(spec.linux());
    Draft draft = new Draft();
    int startSocket = draft.receive(new Descriptor.StartSocket());
    draft.receive(new Descriptor.CreatedLock());
    begin(draft, "berth:init");
    joinCgroups(draft, request.host());
    adjustOomScore(draft, process);
    addRoot(draft, request, namespaces);
    addNames(draft, spec);
    addProtectedPaths(draft, request, namespaces);
    ProcessPlanner program = new ProcessPlanner(draft, process, request.host());
    program.becomeUser(request.lifetime());
    program.findProgram();
    draft.add(new Step.SetName("berth:created"));
    draft.add(new Step.AwaitStart(startSocket));
    program.execute();
    // A cgroup namespace shows the cgroup it was made in, so it is made by a step.
    namespaces.remove(NamespaceKind.CGROUP);
    return draft.finish(namespaces);
  }

  /** The plan of a further process in a running container. */
  public static Plan exec(ExecRequest request) {
    Draft draft = new Draft();
    int init = draft.receive(new Descriptor.InitProcess());
    begin(draft, "berth:exec");
    joinCgroups(draft, request.host());
    adjustOomScore(draft, request.process());
    // Processes of the container see this one as soon as it has joined: CVE-2016-9962. Not earlier,
    // since from here on its files in /proc are root's.
    draft.add(new Step.SetNonDumpable());
    List<NamespaceKind> namespaces = request.namespaces().stream().sorted().toList();
    if (!namespaces.isEmpty()) {
      draft.add(new Step.JoinNamespaces(init, namespaces));
    }
    if (request.namespaces().contains(NamespaceKind.PID)) {
      draft.add(new Step.Fork());
    }
    draft.add(new Step.NewSession());
    if (request.namespaces().contains(NamespaceKind.USER)) {
      becomeRoot(draft);
    }
    ProcessPlanner program = new ProcessPlanner(draft, request.process(), request.host());
    program.becomeUser(request.lifetime());
    program.findProgram();
    program.execute();
    return draft.finish(Set.of());
  }

  /**
   * What a plan leaves out of {@code process} because the host does not have it to give: the
   * specification wants a warning about that, and no failure.
   */
  public static List<Problem> warnings(ProcessSpec process, HostView host) {
    return CapabilitySets.warnings(process.capabilities(), host.capabilities());
  }

  private static Set<NamespaceKind> newNamespaces(LinuxSpec linux) {
    Set<NamespaceKind> kinds = EnumSet.noneOf(NamespaceKind.class);
    for (Namespace namespace : linux.namespaces()) {
      if (namespace.path() == null) {
        kinds.add(NamespaceKind.of(namespace.type()));
      }
    }
    return kinds;
  }

  private static void begin(Draft draft, String name) {
    draft.add(new Step.ResetSignals());
    draft.add(new Step.SetName(name));
  }

  private static void joinCgroups(Draft draft, HostView host) {
    if (host.cgroup() == null) {
      return;
    }
    for (MountedHierarchy hierarchy : host.cgroups().hierarchies()) {
      // A process is born in its cgroup of version 2, by CLONE_INTO_CGROUP.
      if (!hierarchy.isUnified()) {
        draft.add(new Step.JoinCgroup(draft.receive(new Descriptor.CgroupProcs(hierarchy.name()))));
      }
    }
  }

  private static void adjustOomScore(Draft draft, ProcessSpec process) {
    if (process.oomScoreAdj() != null) {
      draft.add(new Step.SetOomScoreAdj(process.oomScoreAdj()));
    }
  }

  private static void becomeRoot(Draft draft) {
    draft.add(new Step.SetGroupId(0));
    draft.add(new Step.SetUserId(0));
  }

  /** From the host's mounts to the container's, with all that is made on the way. */
  private static void addRoot(Draft draft, InitRequest request, Set<NamespaceKind> namespaces) {
    Spec spec = request.spec();
    boolean ownIds = namespaces.contains(NamespaceKind.USER);
    if (ownIds || sharesMounts(spec.linux())) {
      draft.openSourcesHere();
    }
    draft.add(new Step.SetRootPropagation(Propagation.RSLAVE));
    draft.add(new Step.MountRoot(request.rootfs().toString()));
    if (ownIds) {
      draft.add(new Step.Sync(SyncPoint.MAP_IDS));
      becomeRoot(draft);
    }
    draft.add(new Step.NewSession());
    boolean ownCgroups = namespaces.contains(NamespaceKind.CGROUP);
    if (ownCgroups) {
      draft.add(new Step.Unshare(NamespaceKind.CGROUP));
    }
    if (namespaces.contains(NamespaceKind.NETWORK)) {
      draft.add(new Step.LoopbackUp());
    }
    MountPlanner mounts =
        new MountPlanner(
            draft, request.bundle(), new CgroupMountPlanner(draft, request.host(), ownCgroups));
    for (Mount mount : spec.mounts()) {
      mounts.add(mount);
    }
    new DevicePlanner(draft, nodes(request.host(), namespaces)).addAll(spec);
    addWorkingDirectory(draft, spec);
    draft.add(new Step.PivotRoot());
    addRootPropagation(draft, spec.linux());
    mounts.makeReadonly();
    if (Objects.requireNonNull(spec.root(), "root").readonly()) {
      draft.add(new Step.MakeRootReadonly());
    }
  }

  /**
   * With a shared root, mounts below a bind source appear on the other side too, so sources are
   * opened while they are still peers of the host's mounts.
   */
  private static boolean sharesMounts(LinuxSpec linux) {
    return linux.rootfsPropagation() == LinuxSpec.Propagation.SHARED
        || linux.rootfsPropagation() == LinuxSpec.Propagation.RSHARED;
  }

  private static HostView.Nodes nodes(HostView host, Set<NamespaceKind> namespaces) {
    return namespaces.contains(NamespaceKind.USER) ? HostView.Nodes.BOUND : host.nodes();
  }

  private static void addWorkingDirectory(Draft draft, Spec spec) {
    String cwd = Objects.requireNonNull(spec.process()).cwd();
    if (!cwd.equals("/")) {
      draft.add(new Step.MakeDirectory(cwd, DIRECTORY_MODE));
    }
  }

  private static void addRootPropagation(Draft draft, LinuxSpec linux) {
    if (linux.rootfsPropagation() != null) {
      // Only now, since before the change of root it would have been the host's mounts that change.
      draft.add(new Step.SetRootPropagation(Propagation.of(linux.rootfsPropagation())));
    }
  }

  private static void addNames(Draft draft, Spec spec) {
    if (spec.hostname() != null) {
      draft.add(new Step.SetHostname(spec.hostname()));
    }
    if (spec.domainname() != null) {
      draft.add(new Step.SetDomainname(spec.domainname()));
    }
  }

  private static void addProtectedPaths(
      Draft draft, InitRequest request, Set<NamespaceKind> namespaces) {
    Spec spec = request.spec();
    for (String path : new LinkedHashSet<>(spec.linux().readonlyPaths())) {
      draft.add(new Step.MakePathReadonly(path));
    }
    Set<String> masked = new LinkedHashSet<>(spec.linux().maskedPaths());
    if (!namespaces.contains(NamespaceKind.CGROUP)
        && nodes(request.host(), namespaces) == HostView.Nodes.BOUND
        && showsHostCgroups(spec.mounts())) {
      masked.add(CGROUP_MOUNT_POINT);
    }
    for (String path : masked) {
      draft.add(new Step.MaskPath(path));
    }
  }

  /**
   * Read-only is only the top of a tree that is bound: in {@code /sys} of an unprivileged user, the
   * cgroups that are mounted below it are that user's, and would be writable (CVE-2023-25809).
   */
  private static boolean showsHostCgroups(List<Mount> mounts) {
    boolean bound = false;
    for (Mount mount : mounts) {
      String target = MountPlanner.target(mount);
      bound |=
          target.equals("/sys")
              && MountOptions.of(mount).source() == MountOptions.Source.RECURSIVE_BIND;
      if (target.equals(CGROUP_MOUNT_POINT)) {
        return false;
      }
    }
    return bound;
  }
}
