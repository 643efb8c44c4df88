package dev.berth.linux.stub;

import static dev.berth.linux.sys.Directories.S_IFBLK;
import static dev.berth.linux.sys.Directories.S_IFCHR;
import static dev.berth.linux.sys.Directories.S_IFIFO;

import dev.berth.core.plan.DeviceKind;
import dev.berth.core.plan.HookKind;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Procfs;
import dev.berth.core.plan.Propagation;
import dev.berth.core.plan.RlimitKind;
import dev.berth.core.plan.Step;
import dev.berth.core.plan.Symlinks;
import dev.berth.core.plan.SyncPoint;
import dev.berth.core.seccomp.Filter;
import dev.berth.core.spec.NumberList;
import dev.berth.core.state.HookState;
import dev.berth.linux.sys.Mounts;
import dev.berth.linux.sys.OpenHow;
import dev.berth.spec.Hook;
import dev.berth.spec.IoPriority;
import dev.berth.spec.Personality;
import dev.berth.spec.Scheduler;
import dev.berth.spec.Seccomp;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A plan as the program that the stub runs. */
final class ProgramEncoder {

  static final int SECCOMP_FILTER_FLAG_TSYNC = 1;
  static final int SECCOMP_FILTER_FLAG_LOG = 1 << 1;
  static final int SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1 << 2;
  static final int SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 1 << 5;

  private final ProgramWriter program;

  private ProgramEncoder(Plan plan) {
    program = new ProgramWriter(plan.descriptors().size());
  }

  /**
   * The bytes of {@code plan}.
   *
   * @throws StubException naming the step that cannot be encoded: there is a NUL in it, or it is
   *     too long
   */
  static byte[] encode(Plan plan) throws StubException {
    ProgramEncoder encoder = new ProgramEncoder(plan);
    for (int index = 0; index < plan.steps().size(); index++) {
      Step step = plan.steps().get(index);
      try {
        encoder.add(step);
      } catch (IllegalArgumentException refused) {
        throw new StubException(
            "step %s, %s: %s"
                .formatted(index, step.getClass().getSimpleName(), refused.getMessage()));
      }
    }
    return encoder.program.toBytes();
  }

  private void add(Step step) {
    switch (step) {
      case Step.ResetSignals() -> program.add(Operation.RESET_SIGNALS);
      case Step.SetUmask(int mask) -> program.add(Operation.SET_UMASK, mask);
      case Step.SetName(String name) -> program.add(Operation.SET_NAME, name);
      case Step.SetNonDumpable() -> program.add(Operation.SET_NON_DUMPABLE);
      case Step.DieWithParent() -> program.add(Operation.DIE_WITH_PARENT);
      case Step.SetAffinity(NumberList processors) ->
          program.add(Operation.SET_AFFINITY, processors.words());
      case Step.ResetAffinity() -> program.add(Operation.RESET_AFFINITY);
      case Step.MakeKeyring(String name) -> program.add(Operation.MAKE_KEYRING, name);
      case Step.JoinKeyring(String name) -> program.add(Operation.JOIN_KEYRING, name);
      case Step.JoinCgroup(int slot) -> program.add(Operation.JOIN_CGROUP, slot);
      case Step.OpenProcfs(List<String> options) -> program.add(Operation.OPEN_PROCFS, options);
      case Step.CloseProcfs() -> program.add(Operation.CLOSE_PROCFS);
      case Step.SetOomScoreAdj(int value) ->
          program.add(Operation.SET_OOM_SCORE_ADJ, Integer.toString(value));
      case Step.SetKeyLabel(String label) -> program.add(Operation.SET_KEY_LABEL, label);
      case Step.SetSelinuxLabel(String label) -> program.add(Operation.SET_SELINUX_LABEL, label);
      case Step.SetApparmorProfile(String profile) ->
          program.add(Operation.SET_APPARMOR_PROFILE, "exec " + profile);
      case Step.JoinNamespaces(int slot, List<NamespaceKind> namespaces) ->
          program.add(Operation.JOIN_NAMESPACES, slot, flags(namespaces));
      case Step.Fork(List<NamespaceKind> namespaces, OptionalInt cgroup) ->
          program.add(Operation.FORK, flags(namespaces), cgroup.stream().boxed().toList());
      case Step.Unshare(List<NamespaceKind> namespaces) ->
          program.add(Operation.UNSHARE, flags(namespaces));
      case Step.NewTimeNamespace(List<Step.NewTimeNamespace.Offset> offsets) ->
          program.add(Operation.NEW_TIME_NAMESPACE, text(offsets));
      case Step.Sync(SyncPoint point, List<Integer> sent, List<Integer> received) ->
          program.add(Operation.SYNC, number(point), sent, received);
      case Step.NewSession() -> program.add(Operation.NEW_SESSION);
      case Step.RequireFreeName(String name) -> program.add(Operation.REQUIRE_FREE_NAME, name);
      case Step.SendNetlink(int slot) -> program.add(Operation.SEND_NETLINK, slot);
      case Step.LoopbackUp() -> program.add(Operation.LOOPBACK_UP);
      case Step.SetRootPropagation(Propagation propagation) ->
          program.add(
              Operation.SET_ROOT_PROPAGATION,
              flag(propagation),
              recursive(propagation.isRecursive()));
      case Step.MountRoot(String hostPath) -> program.add(Operation.MOUNT_ROOT, hostPath);
      case Step.OpenTree(int slot, String hostPath, boolean recursive) ->
          program.add(Operation.OPEN_TREE, slot, hostPath, recursive(recursive));
      case Step.NewMount mount ->
          program.add(
              Operation.NEW_MOUNT,
              mount.slot(),
              mount.type(),
              mount.source(),
              mount.options(),
              mount.attributes());
      case Step.OpenTreeInstead(int slot, String hostPath, boolean recursive) ->
          program.add(Operation.OPEN_TREE_INSTEAD, slot, hostPath, recursive(recursive));
      case Step.TryMount mount ->
          program.add(
              Operation.TRY_MOUNT,
              mount.slot(),
              mount.type(),
              mount.source(),
              mount.options(),
              mount.attributes());
      case Step.LegacyMount mount ->
          program.add(
              Operation.LEGACY_MOUNT,
              mount.slot(),
              mount.type(),
              mount.source(),
              superblock(mount.flags()),
              mount.data());
      case Step.FindMount(int slot, String target) ->
          program.add(Operation.FIND_MOUNT, slot, target);
      case Step.Reconfigure(int slot, List<String> options) ->
          program.add(Operation.RECONFIGURE, slot, options);
      case Step.SetMountAttributes change ->
          program.add(
              Operation.SET_MOUNT_ATTRIBUTES,
              change.slot(),
              change.set(),
              change.clear(),
              flag(change.propagation()),
              recursive(change.recursive()));
      case Step.CopyMode(int slot, String target) -> program.add(Operation.COPY_MODE, slot, target);
      case Step.CopyOwner(int slot, String target) ->
          program.add(Operation.COPY_OWNER, slot, target);
      case Step.CopyUp(int slot, String target) -> program.add(Operation.COPY_UP, slot, target);
      case Step.Attach(int slot, String target, Symlinks symlinks, Procfs procfs) ->
          program.add(Operation.ATTACH, slot, target, resolve(symlinks), number(procfs));
      case Step.CoverRoot(int slot) -> program.add(Operation.COVER_ROOT, slot);
      case Step.RequireDevice(int slot, DeviceKind kind, int major, int minor) ->
          program.add(Operation.REQUIRE_DEVICE, slot, fileType(kind), major, minor);
      case Step.MakeDirectory(String path, int mode) ->
          program.add(Operation.MAKE_DIRECTORY, path, mode);
      case Step.MakeDevice device ->
          program.add(
              Operation.MAKE_DEVICE,
              device.path(),
              fileType(device.kind()),
              device.major(),
              device.minor(),
              device.mode(),
              device.uid(),
              device.gid());
      case Step.MakeSymlink(String path, String content) ->
          program.add(Operation.MAKE_SYMLINK, path, content);
      case Step.TakeRoot(String hostPath) -> program.add(Operation.TAKE_ROOT, hostPath);
      case Step.DropHostMount(String hostPath) -> program.add(Operation.DROP_HOST_MOUNT, hostPath);
      case Step.MoveRoot() -> program.add(Operation.MOVE_ROOT);
      case Step.ChangeRoot() -> program.add(Operation.CHANGE_ROOT);
      case Step.ChangeRootTo(int slot) -> program.add(Operation.CHANGE_ROOT_TO, slot);
      case Step.PivotRoot() -> program.add(Operation.PIVOT_ROOT);
      case Step.OpenRoot() -> program.add(Operation.OPEN_ROOT);
      case Step.NewTerminal(int master, int peer) ->
          program.add(Operation.NEW_TERMINAL, master, peer);
      case Step.SetTerminalSize(int slot, int columns, int rows) ->
          program.add(Operation.SET_TERMINAL_SIZE, slot, columns, rows);
      case Step.OpenMount(int slot, int of) -> program.add(Operation.OPEN_MOUNT, slot, of);
      case Step.TakeTerminal(int peer, long uid) -> program.add(Operation.TAKE_TERMINAL, peer, uid);
      case Step.OwnStreams(long uid) -> program.add(Operation.OWN_STREAMS, uid);
      case Step.MakeRootReadonly() -> program.add(Operation.MAKE_ROOT_READONLY);
      case Step.MaskPath(String path) -> program.add(Operation.MASK_PATH, path);
      case Step.MakePathReadonly(String path) -> program.add(Operation.MAKE_PATH_READONLY, path);
      case Step.SetHostname(String name) -> program.add(Operation.SET_HOSTNAME, name);
      case Step.SetDomainname(String name) -> program.add(Operation.SET_DOMAINNAME, name);
      case Step.SetSysctl(String path, String value) ->
          program.add(Operation.SET_SYSCTL, path, value);
      case Step.SetRlimit(RlimitKind kind, long soft, long hard) ->
          program.add(Operation.SET_RLIMIT, kind.number(), soft, hard);
      case Step.SetNoNewPrivileges() -> program.add(Operation.SET_NO_NEW_PRIVILEGES);
      case Step.LoadSeccomp(Filter filter, Set<Seccomp.Flag> flags) ->
          program.add(Operation.LOAD_SECCOMP, seccompFlags(flags), filter.toList());
      case Step.LoadSeccompListener(Filter filter, Set<Seccomp.Flag> flags) ->
          program.add(Operation.LOAD_SECCOMP_LISTENER, seccompFlags(flags), filter.toList());
      case Step.SetScheduler(Scheduler scheduler) ->
          program.add(
              Operation.SET_SCHEDULER,
              SchedulingNumbers.of(scheduler.policy()),
              scheduler.flags().stream().mapToInt(SchedulingNumbers::of).reduce(0, (a, b) -> a | b),
              orZero(scheduler.nice()),
              orZero(scheduler.priority()),
              orZero(scheduler.runtime()),
              orZero(scheduler.deadline()),
              orZero(scheduler.period()));
      case Step.SetIoPriority(IoPriority priority) ->
          program.add(
              Operation.SET_IO_PRIORITY,
              SchedulingNumbers.of(priority.priorityClass()),
              priority.priority());
      case Step.SetPersonality(Personality.Domain domain) ->
          program.add(Operation.SET_PERSONALITY, SchedulingNumbers.of(domain));
      case Step.SetMemoryPolicy policy ->
          program.add(
              Operation.SET_MEMORY_POLICY,
              SchedulingNumbers.of(policy.mode())
                  | policy.flags().stream()
                      .mapToInt(SchedulingNumbers::of)
                      .reduce(0, (a, b) -> a | b),
              policy.nodes().words());
      case Step.KeepCapabilities() -> program.add(Operation.KEEP_CAPABILITIES);
      case Step.SetBoundingSet(long capabilities) ->
          program.add(Operation.SET_BOUNDING_SET, capabilities);
      case Step.SetGroups(List<Long> gids) -> program.add(Operation.SET_GROUPS, gids);
      case Step.TryDropGroups() -> program.add(Operation.TRY_DROP_GROUPS);
      case Step.SetGroupId(long gid) -> program.add(Operation.SET_GROUP_ID, gid);
      case Step.SetUserId(long uid) -> program.add(Operation.SET_USER_ID, uid);
      case Step.SetCapabilities sets ->
          program.add(
              Operation.SET_CAPABILITIES,
              sets.effective(),
              sets.permitted(),
              sets.inheritable(),
              sets.ambient());
      case Step.FindHome(long uid) -> program.add(Operation.FIND_HOME, uid);
      case Step.TryDirectory(String path) -> program.add(Operation.TRY_DIRECTORY, path);
      case Step.RequireDirectory(String path) -> program.add(Operation.REQUIRE_DIRECTORY, path);
      case Step.FindProgram(List<String> candidates) ->
          program.add(Operation.FIND_PROGRAM, candidates);
      case Step.AwaitStart(int slot) -> program.add(Operation.AWAIT_START, slot);
      case Step.RunHook(HookKind _, int index, Hook hook, long openFiles, HookState.Text state) ->
          program.add(
              Operation.RUN_HOOK,
              index,
              hook.path(),
              hook.args(),
              hook.env(),
              hook.timeout() == null ? 0 : hook.timeout(),
              openFiles,
              state.before(),
              state.after());
      case Step.End() -> program.add(Operation.END);
      case Step.Exec(List<String> arguments, List<String> environment) ->
          program.add(Operation.EXEC, arguments, environment);
    }
  }

  static int flags(Iterable<NamespaceKind> namespaces) {
    int flags = 0;
    for (NamespaceKind namespace : namespaces) {
      flags |= namespace.flag();
    }
    return flags;
  }

  /** A number between the two sides of the socket, and of no meaning to the stub. */
  static int number(SyncPoint point) {
    return switch (point) {
      case MAP_IDS -> 1;
      case COMPARE_IDS -> 2;
      case SET_LIMITS -> 3;
      case RUN_RUNTIME_HOOKS -> 4;
      case HAND_OVER_TERMINAL -> 5;
      case MOVE_NETWORK_DEVICES -> 6;
      case JOIN_RESCTRL -> 7;
      case HAND_OVER_LISTENER -> 8;
      case ENTER_CGROUP -> 9;
      case CONFIRM_PARENT -> 10;
    };
  }

  /** Lines of {@code /proc/self/timens_offsets}. */
  private static String text(List<Step.NewTimeNamespace.Offset> offsets) {
    return offsets.stream()
        .map(each -> "%s %s %s\n".formatted(each.clock(), each.seconds(), each.nanoseconds()))
        .collect(Collectors.joining());
  }

  /** As {@code <linux/seccomp.h>} has them. */
  private static int seccompFlags(Set<Seccomp.Flag> flags) {
    return flags.stream()
        .mapToInt(flag ->
            switch (flag) {
              case SECCOMP_FILTER_FLAG_TSYNC -> SECCOMP_FILTER_FLAG_TSYNC;
              case SECCOMP_FILTER_FLAG_LOG -> SECCOMP_FILTER_FLAG_LOG;
              case SECCOMP_FILTER_FLAG_SPEC_ALLOW -> SECCOMP_FILTER_FLAG_SPEC_ALLOW;
              case SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV -> SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
            })
        .reduce(0, (some, more) -> some | more);
  }

  private static Number orZero(@Nullable Number value) {
    return value == null ? 0 : value;
  }

  private static int recursive(boolean recursive) {
    return recursive ? Mounts.AT_RECURSIVE : 0;
  }

  private static int flag(Propagation propagation) {
    return switch (propagation) {
      case UNCHANGED -> 0;
      case PRIVATE, RPRIVATE -> Mounts.MS_PRIVATE;
      case SLAVE, RSLAVE -> Mounts.MS_SLAVE;
      case SHARED, RSHARED -> Mounts.MS_SHARED;
      case UNBINDABLE, RUNBINDABLE -> Mounts.MS_UNBINDABLE;
    };
  }

  /** {@code MS_*} of mount(2). */
  private static int superblock(List<String> words) {
    int flags = 0;
    for (String word : words) {
      flags |=
          switch (word) {
            case "sync" -> Mounts.MS_SYNCHRONOUS;
            case "dirsync" -> Mounts.MS_DIRSYNC;
            case "mand" -> Mounts.MS_MANDLOCK;
            case "lazytime" -> Mounts.MS_LAZYTIME;
            case "iversion" -> Mounts.MS_I_VERSION;
            default -> 0; // the contrary, and the kernel's default
          };
    }
    return flags;
  }

  private static int number(Procfs procfs) {
    return switch (procfs) {
      case REFUSED -> 0;
      case ALLOWED -> 1;
      case REQUIRED -> 2;
    };
  }

  private static int resolve(Symlinks symlinks) {
    return switch (symlinks) {
      case FOLLOW_IN_ROOT -> 0;
      case REFUSE -> OpenHow.RESOLVE_NO_SYMLINKS;
    };
  }

  private static int fileType(DeviceKind kind) {
    return switch (kind) {
      case CHARACTER -> S_IFCHR;
      case BLOCK -> S_IFBLK;
      case FIFO -> S_IFIFO;
    };
  }
}
