package dev.berth.linux.stub;

import static dev.berth.linux.sys.Directories.S_IFBLK;
import static dev.berth.linux.sys.Directories.S_IFCHR;
import static dev.berth.linux.sys.Directories.S_IFIFO;

import dev.berth.core.plan.DeviceKind;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Propagation;
import dev.berth.core.plan.RlimitKind;
import dev.berth.core.plan.Step;
import dev.berth.core.plan.Symlinks;
import dev.berth.core.plan.SyncPoint;
import dev.berth.linux.sys.Mounts;
import dev.berth.linux.sys.OpenHow;
import java.util.List;

/** A plan as the program that the stub runs. */
final class ProgramEncoder {

  private final ProgramWriter program = new ProgramWriter();

  private ProgramEncoder() {}

  /**
   * The bytes of {@code plan}.
   *
   * @throws IllegalArgumentException naming the step that cannot be encoded: there is a NUL in it,
   *     or it is too long
   */
  static byte[] encode(Plan plan) {
    ProgramEncoder encoder = new ProgramEncoder();
    for (int index = 0; index < plan.steps().size(); index++) {
      Step step = plan.steps().get(index);
      try {
        encoder.add(step);
      } catch (IllegalArgumentException refused) {
        throw new IllegalArgumentException(
            "step %d, %s: %s"
                .formatted(index, step.getClass().getSimpleName(), refused.getMessage()),
            refused);
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
      case Step.JoinCgroup(int slot) -> program.add(Operation.JOIN_CGROUP, slot);
      case Step.OpenProcfs(List<String> options) -> program.add(Operation.OPEN_PROCFS, options);
      case Step.CloseProcfs() -> program.add(Operation.CLOSE_PROCFS);
      case Step.SetOomScoreAdj(int value) ->
          program.add(Operation.SET_OOM_SCORE_ADJ, Integer.toString(value));
      case Step.JoinNamespaces(int slot, List<NamespaceKind> namespaces) ->
          program.add(Operation.JOIN_NAMESPACES, slot, flags(namespaces));
      case Step.Fork() -> program.add(Operation.FORK);
      case Step.Unshare(NamespaceKind namespace) ->
          program.add(Operation.UNSHARE, namespace.flag());
      case Step.Sync(SyncPoint point, List<Integer> sent, List<Integer> received) ->
          program.add(Operation.SYNC, number(point), sent, received);
      case Step.NewSession() -> program.add(Operation.NEW_SESSION);
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
      case Step.SetMountAttributes change ->
          program.add(
              Operation.SET_MOUNT_ATTRIBUTES,
              change.slot(),
              change.set(),
              change.clear(),
              flag(change.propagation()),
              recursive(change.recursive()));
      case Step.CopyMode(int slot, String target) -> program.add(Operation.COPY_MODE, slot, target);
      case Step.Attach(int slot, String target, Symlinks symlinks) ->
          program.add(Operation.ATTACH, slot, target, resolve(symlinks));
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
      case Step.PivotRoot() -> program.add(Operation.PIVOT_ROOT);
      case Step.MakeRootReadonly() -> program.add(Operation.MAKE_ROOT_READONLY);
      case Step.MaskPath(String path) -> program.add(Operation.MASK_PATH, path);
      case Step.MakePathReadonly(String path) -> program.add(Operation.MAKE_PATH_READONLY, path);
      case Step.SetHostname(String name) -> program.add(Operation.SET_HOSTNAME, name);
      case Step.SetDomainname(String name) -> program.add(Operation.SET_DOMAINNAME, name);
      case Step.SetRlimit(RlimitKind kind, long soft, long hard) ->
          program.add(Operation.SET_RLIMIT, number(kind), soft, hard);
      case Step.SetNoNewPrivileges() -> program.add(Operation.SET_NO_NEW_PRIVILEGES);
      case Step.KeepCapabilities() -> program.add(Operation.KEEP_CAPABILITIES);
      case Step.SetBoundingSet(long capabilities) ->
          program.add(Operation.SET_BOUNDING_SET, capabilities);
      case Step.SetGroups(List<Long> gids) -> program.add(Operation.SET_GROUPS, gids);
      case Step.SetGroupId(long gid) -> program.add(Operation.SET_GROUP_ID, gid);
      case Step.SetUserId(long uid) -> program.add(Operation.SET_USER_ID, uid);
      case Step.SetCapabilities sets ->
          program.add(
              Operation.SET_CAPABILITIES,
              sets.effective(),
              sets.permitted(),
              sets.inheritable(),
              sets.ambient());
      case Step.TryDirectory(String path) -> program.add(Operation.TRY_DIRECTORY, path);
      case Step.RequireDirectory(String path) -> program.add(Operation.REQUIRE_DIRECTORY, path);
      case Step.FindProgram(List<String> candidates) ->
          program.add(Operation.FIND_PROGRAM, candidates);
      case Step.AwaitStart(int slot) -> program.add(Operation.AWAIT_START, slot);
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
    };
  }

  @SuppressWarnings("EnumOrdinal") // RlimitKind promises the kernel's order
  private static int number(RlimitKind kind) {
    return kind.ordinal();
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
