package dev.berth.core.plan;

import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Rlimit;
import dev.berth.spec.User;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * {@code process}: from a process with all of the container's namespaces, and still all
 * capabilities, to one with the program's user, limits and directory.
 */
final class ProcessPlanner {
  private static final int DEFAULT_UMASK = 022;

  private static final long DEFAULT_OPEN_FILES = 1024;
  private static final Map<Rlimit.Type, RlimitKind> RLIMITS = rlimitKinds();

  private final Draft draft;
  private final ProcessSpec process;
  private final HostView host;

  ProcessPlanner(Draft draft, ProcessSpec process, HostView host) {
    this.draft = draft;
    this.process = process;
    this.host = host;
  }

  /** What takes root's power, and the steps that give it up, in the order that the kernel wants. */
  void becomeUser(Lifetime lifetime) {
    limitResources();
    if (process.noNewPrivileges()) {
      draft.add(new Step.SetNoNewPrivileges());
    }
    CapabilitySets capabilities = CapabilitySets.of(process.capabilities(), host.capabilities());
    // setresuid(2) to another user would empty the permitted set, and capset(2) comes after it.
    draft.add(new Step.KeepCapabilities());
    draft.add(new Step.SetBoundingSet(capabilities.bounding()));
    findHome();
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
    draft.add(new Step.Exec(process.args(), Program.environment(process.env())));
  }

  private void limitResources() {
    boolean openFilesGiven = false;
    for (Rlimit limit : process.rlimits()) {
      openFilesGiven |= limit.type() == Rlimit.Type.RLIMIT_NOFILE;
      draft.add(
          new Step.SetRlimit(
              Objects.requireNonNull(RLIMITS.get(limit.type())), limit.soft(), limit.hard()));
    }
    if (!openFilesGiven) {
      // A JVM raises its own soft limit to the hard one, and its children inherit that.
      long hard = host.openFilesHardLimit();
      long soft = Long.compareUnsigned(hard, DEFAULT_OPEN_FILES) < 0 ? hard : DEFAULT_OPEN_FILES;
      draft.add(new Step.SetRlimit(RlimitKind.RLIMIT_NOFILE, soft, hard));
    }
  }

  private void findHome() {
    if (process.env().stream().noneMatch(entry -> entry.startsWith("HOME="))) {
      draft.add(new Step.FindHome(process.user().uid()));
    }
  }

  private void switchUser() {
    User user = process.user();
    if (host.groups() == HostView.Groups.CHOSEN) {
      draft.add(new Step.SetGroups(user.additionalGids()));
    }
    draft.add(new Step.SetGroupId(user.gid()));
    draft.add(new Step.SetUserId(user.uid()));
    // Up to here it is 0, so that every mode that a step asks for is what it gets.
    draft.add(new Step.SetUmask(umask(user)));
  }

  private static int umask(User user) {
    return user.umask() == null ? DEFAULT_UMASK : Math.toIntExact(user.umask());
  }

  private static Map<Rlimit.Type, RlimitKind> rlimitKinds() {
    Map<Rlimit.Type, RlimitKind> kinds = new EnumMap<>(Rlimit.Type.class);
    for (Rlimit.Type type : Rlimit.Type.values()) {
      kinds.put(type, RlimitKind.valueOf(type.name()));
    }
    return kinds;
  }
}
