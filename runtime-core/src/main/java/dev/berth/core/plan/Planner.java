package dev.berth.core.plan;

import dev.berth.Problem;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Namespace;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.util.EnumSet;
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
    draft.openProcfsHere();
    adjustOomScore(draft, process);
    RootPlanner root = new RootPlanner(draft, request, namespaces);
    root.enter();
    addNames(draft, spec);
    root.protectPaths();
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
    draft.openProcfsHere();
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

  private static void addNames(Draft draft, Spec spec) {
    if (spec.hostname() != null) {
      draft.add(new Step.SetHostname(spec.hostname()));
    }
    if (spec.domainname() != null) {
      draft.add(new Step.SetDomainname(spec.domainname()));
    }
  }

  /** Of a user namespace, whose ids the process does not have yet. */
  static void becomeRoot(Draft draft) {
    draft.add(new Step.SetGroupId(0));
    draft.add(new Step.SetUserId(0));
  }
}
