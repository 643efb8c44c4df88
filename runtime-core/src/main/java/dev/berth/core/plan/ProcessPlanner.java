package dev.berth.core.plan;

import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Rlimit;
import dev.berth.spec.User;

/**
 * {@code process}: from a process with all of the container's namespaces, and still all
 * capabilities, to one with the program's user, limits and directory.
 */
final class ProcessPlanner {
  private static final int DEFAULT_UMASK = 022;

  private static final long DEFAULT_OPEN_FILES = 1024;

  private final Draft draft;
  private final ProcessSpec process;
  private final SeccompPlanner seccomp;
  private final HostView host;

  ProcessPlanner(Draft draft, ProcessSpec process, SeccompPlanner seccomp, HostView host) {
    this.draft = draft;
    this.process = process;
    this.seccomp = seccomp;
    this.host = host;
  }

  /** What takes root's power, and the steps that give it up, in the order that the kernel wants. */
  void becomeUser(Lifetime lifetime) {
    // To read a file takes what limits and a filter of system calls may take away.
    findHome();
    limitResources();
    if (process.noNewPrivileges()) {
      draft.add(new Step.SetNoNewPrivileges());
    }
    seccomp.beforeCapabilitiesAreGivenUp();
    CapabilitySets capabilities = CapabilitySets.of(process.capabilities(), host.capabilities());
    // setresuid(2) to another user would empty the permitted set, and capset(2) comes after it.
    draft.add(new Step.KeepCapabilities());
    draft.add(new Step.SetBoundingSet(capabilities.bounding()));
    draft.add(new Step.TryDirectory(process.cwd()));
    switchUser();
    draft.add(
        new Step.SetCapabilities(
            capabilities.effective(),
            capabilities.permitted(),
            capabilities.inheritable(),
            capabilities.ambient()));
    if (lifetime == Lifetime.ATTACHED) {
      draft.add(new Step.DieWithParent());
    }
    draft.add(new Step.RequireDirectory(process.cwd()));
  }

  void findProgram() {
    draft.add(new Step.FindProgram(Program.candidates(process.args().getFirst(), process.env())));
  }

  void execute() {
    draft.add(new Step.Exec(process.args(), Program.withoutEmptyHome(process.env())));
  }

  private void limitResources() {
    if (host.limits() == HostView.Limits.BY_PROCESS) {
      for (Rlimit limit : process.rlimits()) {
        draft.add(new Step.SetRlimit(kind(limit), limit.soft(), limit.hard()));
      }
    } else if (!process.rlimits().isEmpty() || process.oomScoreAdj() != null) {
      draft.add(new Step.Sync(SyncPoint.SET_LIMITS));
    }
    if (process.rlimits().stream().noneMatch(each -> kind(each) == RlimitKind.RLIMIT_NOFILE)) {
      long hard = host.openFilesHardLimit();
      draft.add(new Step.SetRlimit(RlimitKind.RLIMIT_NOFILE, defaultOpenFiles(hard), hard));
    }
  }

  private void findHome() {
    if (Program.withoutEmptyHome(process.env()).stream()
        .noneMatch(entry -> entry.startsWith("HOME="))) {
      draft.add(new Step.FindHome(process.user().uid()));
    }
  }

  /** The soft limit: a JVM raises its own to the hard one, and its children inherit that. */
  static long defaultOpenFiles(long hard) {
    return Long.compareUnsigned(hard, DEFAULT_OPEN_FILES) < 0 ? hard : DEFAULT_OPEN_FILES;
  }

  private void switchUser() {
    User user = process.user();
    boolean none = user.additionalGids().isEmpty();
    switch (host.groups()) {
      case CHOSEN -> draft.add(new Step.SetGroups(user.additionalGids()));
      case IF_PERMITTED ->
          draft.add(none ? new Step.TryDropGroups() : new Step.SetGroups(user.additionalGids()));
      case INHERITED -> {} // and nobody may ask for others
    }
    draft.add(new Step.SetGroupId(user.gid()));
    draft.add(new Step.SetUserId(user.uid()));
    // Up to here it is 0, so that every mode that a step asks for is what it gets.
    draft.add(new Step.SetUmask(umask(user)));
  }

  private static int umask(User user) {
    return user.umask() == null ? DEFAULT_UMASK : Math.toIntExact(user.umask());
  }

  private static RlimitKind kind(Rlimit limit) {
    return RlimitKind.of(limit.type());
  }
}
