package dev.berth.core.plan;

import dev.berth.Problem;
import dev.berth.core.seccomp.SeccompCompiler;
import dev.berth.core.spec.SysctlName;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Spec;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    ContainerNamespaces namespaces = new ContainerNamespaces(spec.linux(), request.joined());
    Draft draft = new Draft();
    int startSocket = draft.receive(new Descriptor.StartSocket());
    draft.receive(new Descriptor.CreatedLock());
    begin(draft, "berth:init");
    draft.openProcfsHere();
    adjustOomScore(draft, process, request.host());
    NamespacePlanner entrance = new NamespacePlanner(draft, spec.linux(), namespaces);
    entrance.enter(new CgroupPlanner(draft, request.placement(), request.host()));
    draft.add(new Step.ResetAffinity());
    entrance.makeTimeNamespace();
    AttributePlanner attributes = new AttributePlanner(draft, spec);
    HookPlanner hooks = new HookPlanner(draft, request);
    RootPlanner root = new RootPlanner(draft, request, namespaces, hooks);
    root.enter();
    addNames(draft, spec);
    attributes.makeKeyring(request.keyring());
    attributes.label();
    addSysctls(draft, spec.linux());
    root.protectPaths();
    SeccompPlanner seccomp = seccomp(draft, spec.linux().seccomp(), process, request.host());
    attributes.schedule();
    ProcessPlanner program = new ProcessPlanner(draft, process, seccomp, request.host());
    entrance.hide();
    program.becomeUser(request.lifetime());
    program.findProgram();
    draft.add(new Step.SetName("berth:created"));
    seccomp.beforeCreated();
    draft.add(new Step.AwaitStart(startSocket));
    seccomp.beforeProgram();
    hooks.beforeProgram();
    program.execute();
    return draft.finish(entrance.ofStub());
  }

  /** The plan of a further process in a running container. */
  public static Plan exec(ExecRequest request) {
    Draft draft = new Draft();
    int init = draft.receive(new Descriptor.InitProcess());
    boolean ownMounts = request.namespaces().contains(NamespaceKind.MOUNT);
    OptionalInt root =
        ownMounts ? OptionalInt.empty() : OptionalInt.of(draft.receive(new Descriptor.InitRoot()));
    begin(draft, "berth:exec");
    ProcessSpec.ExecCpuAffinity affinity = request.process().execCPUAffinity();
    if (affinity != null && affinity.initial() != null) {
      // Of the processors of the runtime, in whose cgroup it still is.
      draft.add(new Step.SetAffinity(AttributePlanner.numbers(affinity.initial())));
    }
    boolean entersAlone = request.placement() != Placement.BY_RUNTIME;
    if (entersAlone) {
      enterCgroup(draft, request);
    }
    draft.openProcfsHere();
    adjustOomScore(draft, request.process(), request.host());
    AttributePlanner attributes = new AttributePlanner(draft, request.spec());
    attributes.label();
    // Processes of the container see this one as soon as it has joined: CVE-2016-9962. Not earlier,
    // since from here on its files in /proc are root's.
    draft.add(new Step.SetNonDumpable());
    List<NamespaceKind> namespaces = request.namespaces().stream().sorted().toList();
    if (!namespaces.isEmpty()) {
      draft.add(new Step.JoinNamespaces(init, namespaces));
    }
    if (request.namespaces().contains(NamespaceKind.PID)) {
      draft.add(new Step.Fork(List.of(), OptionalInt.empty()));
    }
    dieWithParent(draft, request.lifetime());
    if (!entersAlone) {
      enterCgroup(draft, request);
    }
    if (request.spec().linux().intelRdt() != null) {
      draft.add(new Step.Sync(SyncPoint.JOIN_RESCTRL));
    }
    draft.add(new Step.NewSession());
    // Joining a mount namespace changes the root; a container without one has a root all the same.
    root.ifPresent(slot -> draft.add(new Step.ChangeRootTo(slot)));
    if (request.namespaces().contains(NamespaceKind.USER)) {
      becomeRoot(draft);
    }
    if (request.keyring() != null) {
      // In the container's user namespace, which has names of its own for them.
      draft.add(new Step.JoinKeyring(request.keyring()));
    }
    new StreamsPlanner(draft, request.process()).addToExec();
    attributes.schedule();
    Seccomp profile = request.spec().linux().seccomp();
    SeccompPlanner seccomp = seccomp(draft, profile, request.process(), request.host());
    ProcessPlanner program = new ProcessPlanner(draft, request.process(), seccomp, request.host());
    program.becomeUser(request.lifetime());
    if (request.lifetime() == Lifetime.ATTACHED) {
      draft.add(new Step.Sync(SyncPoint.CONFIRM_PARENT));
    }
    program.findProgram();
    seccomp.beforeCreated();
    seccomp.beforeProgram();
    program.execute();
    return draft.finish(Set.of());
  }

  /** The plan of a process that runs one hook, in the runtime's own namespaces. */
  public static Plan hook(HookRequest request) {
    return HookPlanner.plan(request);
  }

  /**
   * What a plan leaves out of the filter of system calls, because nobody knows it: the
   * specification wants a warning about that, and no failure.
   */
  public static List<Problem> seccompWarnings(Spec spec, HostView host) {
    Seccomp profile = spec.linux().seccomp();
    return profile == null ? List.of() : SeccompCompiler.warnings(profile, host.architecture());
  }

  /** The same of the capabilities of a process: what cannot be granted. */
  public static List<Problem> capabilityWarnings(ProcessSpec process, HostView host) {
    return CapabilitySets.warnings(process.capabilities(), host.capabilities());
  }

  private static SeccompPlanner seccomp(
      Draft draft, @Nullable Seccomp profile, ProcessSpec process, HostView host) {
    return new SeccompPlanner(draft, profile, process.noNewPrivileges(), host);
  }

  private static void begin(Draft draft, String name) {
    draft.add(new Step.ResetSignals());
    draft.add(new Step.SetName(name));
  }

  /** Also one that the container stops before it has its user, and has to ask again. */
  private static void dieWithParent(Draft draft, Lifetime lifetime) {
    if (lifetime == Lifetime.ATTACHED) {
      draft.add(new Step.DieWithParent());
    }
  }

  /**
   * The cgroup of an exec process, and its processors in there. What the container's processes can
   * see has no descriptor of a cgroup: it is born in its cgroup, or joins it, before it joins the
   * namespaces; or the runtime puts it there.
   */
  private static void enterCgroup(Draft draft, ExecRequest request) {
    CgroupPlanner cgroup = new CgroupPlanner(draft, request.placement(), request.host());
    OptionalInt birthplace = cgroup.birthplace();
    if (birthplace.isPresent()) {
      draft.add(new Step.Fork(List.of(), birthplace));
    }
    cgroup.enter();
    ProcessSpec.ExecCpuAffinity affinity = request.process().execCPUAffinity();
    draft.add(
        affinity != null && affinity.last() != null
            ? new Step.SetAffinity(AttributePlanner.numbers(affinity.last()))
            : new Step.ResetAffinity());
  }

  private static void adjustOomScore(Draft draft, ProcessSpec process, HostView host) {
    if (process.oomScoreAdj() != null && host.limits() == HostView.Limits.BY_PROCESS) {
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

  /** In the order of the configuration, since one may be refused for the value of another. */
  private static void addSysctls(Draft draft, LinuxSpec linux) {
    linux
        .sysctl()
        .forEach((text, value) -> {
          SysctlName name = SysctlName.of(text);
          // The file is for root of the host only, the system call for that of a user namespace
          // too.
          draft.add(
              name.equals(SysctlName.DOMAINNAME)
                  ? new Step.SetDomainname(value)
                  : new Step.SetSysctl(name.path(), value));
        });
  }

  /** Of a user namespace, whose ids the process does not have yet. */
  static void becomeRoot(Draft draft) {
    draft.add(new Step.SetGroupId(0));
    draft.add(new Step.SetUserId(0));
  }
}
