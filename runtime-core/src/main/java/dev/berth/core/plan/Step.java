package dev.berth.core.plan;

import dev.berth.core.seccomp.Filter;
import dev.berth.core.spec.NumberList;
import dev.berth.core.state.HookState;
import dev.berth.spec.Hook;
import dev.berth.spec.IoPriority;
import dev.berth.spec.MemoryPolicy;
import dev.berth.spec.Personality;
import dev.berth.spec.Scheduler;
import dev.berth.spec.Seccomp;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One thing that a process of a container does on its way to becoming the container's program.
 *
 * <p>A step is one system call, or the few calls that only make sense together. It carries every
 * decision that the specification asks for, already made; the stub, which executes it, decides
 * nothing. Paths named {@code target} and {@code path} are paths inside the container's root and
 * are resolved only by the stub, only by {@code openat2(RESOLVE_IN_ROOT)}; paths named {@code
 * hostPath} are resolved in the mount namespace that the process was born with.
 *
 * <p>A {@code slot} is an index into the stub's table of descriptors. The first slots are the
 * {@link Plan#descriptors()} that the runtime hands over; steps such as {@link NewMount} fill later
 * ones.
 */
public sealed interface Step {

  /** Gives every signal its default action and empties the mask: a JVM ignores and blocks some. */
  record ResetSignals() implements Step {}

  /**
   * {@code umask(mask)}; until then the stub has 0, so that the modes that steps ask for are exact.
   */
  record SetUmask(int mask) implements Step {}

  /** {@code prctl(PR_SET_NAME)}: what {@code ps} shows until the program runs; 15 bytes at most. */
  record SetName(String name) implements Step {}

  /**
   * {@code prctl(PR_SET_DUMPABLE, 0)}: nobody in the namespaces of the container may trace this.
   */
  record SetNonDumpable() implements Step {}

  /**
   * {@code prctl(PR_SET_PDEATHSIG, SIGKILL)}. Comes after the last {@link SetUserId}, which clears
   * it, and after {@link Fork}, whose child does not inherit it. A parent that has ended before
   * sends nothing: {@link SyncPoint#CONFIRM_PARENT} or {@link AwaitStart} follows.
   */
  record DieWithParent() implements Step {}

  /** {@code sched_setaffinity(2)} to these processors. */
  record SetAffinity(NumberList processors) implements Step {}

  /**
   * {@code sched_setaffinity(2)} to all processors, of which the kernel takes those of the cgroup:
   * what the runtime was bound to is not the container's. Comes after the cgroup.
   */
  record ResetAffinity() implements Step {}

  /**
   * {@code keyctl(KEYCTL_JOIN_SESSION_KEYRING)} and {@code KEYCTL_SETPERM}, so that the container's
   * other processes find it: the runtime's keys are not the container's. A kernel without keys has
   * none to leave.
   */
  record MakeKeyring(String name) implements Step {}

  /** {@code keyctl(KEYCTL_JOIN_SESSION_KEYRING)} of what is there already. */
  record JoinKeyring(String name) implements Step {}

  /** Writes {@code 0}, "myself", to the {@code cgroup.procs} file in {@code slot}. */
  record JoinCgroup(int slot) implements Step {}

  /**
   * Mounts a procfs for the stub alone, nowhere: what all {@link ThroughProcfs} write to. In a user
   * namespace that may not mount one it is the {@code /proc} of the runtime. Comes before any mount
   * of the container, and needs none of its namespaces: of what is below {@code /proc/sys}, the
   * kernel shows whoever looks that of his own.
   *
   * @param options of its mount, such as {@code subset=pid}
   */
  record OpenProcfs(List<String> options) implements Step {}

  /** Closes it, so that a container that waits for its start does not have it. */
  record CloseProcfs() implements Step {}

  /** A step that writes to a file of {@code /proc}; a {@link Draft} opens a procfs for it. */
  interface ThroughProcfs {}

  /** Writes {@code value} to {@code /proc/self/oom_score_adj}. */
  record SetOomScoreAdj(int value) implements Step, ThroughProcfs {}

  /**
   * The SELinux label of the keys that are made from here on: {@code /proc/self/attr/keycreate}.
   */
  record SetKeyLabel(String label) implements Step, ThroughProcfs {}

  /** The SELinux label of the program: {@code /proc/self/attr/exec}. */
  record SetSelinuxLabel(String label) implements Step, ThroughProcfs {}

  /**
   * The AppArmor profile of the program: {@code /proc/self/attr/apparmor/exec}, or, before Linux
   * 5.8, {@code /proc/self/attr/exec}.
   */
  record SetApparmorProfile(String profile) implements Step, ThroughProcfs {}

  /**
   * {@code setns(slot, flags)}: of a pidfd all these namespaces of the process at once, the user
   * namespace first; else the one that is open in the slot.
   */
  record JoinNamespaces(int slot, List<NamespaceKind> namespaces) implements Step {}

  /**
   * Goes on in a child ({@code clone3(CLONE_PARENT | CLONE_PIDFD)}), which is born in what a
   * process cannot enter, or enters much more slowly: PID namespaces, and a cgroup. The child is
   * the runtime's child too, its pid and pidfd are reported, and the process that forked exits. A
   * PID namespace's init ends only when every process in it is reaped, so this child too.
   *
   * @param namespaces that are made for the child
   * @param cgroup the slot of a cgroup v2 directory ({@code CLONE_INTO_CGROUP}); empty to stay
   */
  record Fork(List<NamespaceKind> namespaces, OptionalInt cgroup) implements Step {}

  /**
   * {@code unshare(2)} of what can only be made after another was joined, or after the process is
   * in its cgroup; a user namespace among them owns the others.
   */
  record Unshare(List<NamespaceKind> namespaces) implements Step {}

  /**
   * {@code unshare(CLONE_NEWTIME)}, the offsets to {@code timens_offsets}, which takes none any
   * more once somebody is in the namespace, and {@code setns(2)}, since unshare is for children
   * only; time_namespaces(7).
   */
  record NewTimeNamespace(List<Offset> offsets) implements Step, ThroughProcfs {

    /** How far a clock is ahead: {@code monotonic} or {@code boottime}. */
    public record Offset(String clock, long seconds, long nanoseconds) {}
  }

  /**
   * Reports {@code point} and waits for the runtime's answer.
   *
   * @param sent the slots whose descriptors go with the report
   * @param received the slots that the descriptors of the answer fill
   */
  record Sync(SyncPoint point, List<Integer> sent, List<Integer> received) implements Step {

    /** A stop where no descriptor changes hands. */
    public Sync(SyncPoint point) {
      this(point, List.of(), List.of());
    }
  }

  /** {@code setsid(2)}. */
  record NewSession() implements Step {}

  /** Looks for a network device of this name, which there must not be. */
  record RequireFreeName(String name) implements Step {}

  /**
   * Sends the messages in the file in {@code slot} to the kernel's routing, one after the other;
   * rtnetlink(7).
   */
  record SendNetlink(int slot) implements Step {}

  /** Brings the interface {@code lo} up. */
  record LoopbackUp() implements Step {}

  /** {@code mount_setattr(2)} on {@code /}: how mount events propagate, from here down. */
  record SetRootPropagation(Propagation propagation) implements Step {}

  /**
   * Clones the tree at {@code hostPath}, mounts it on itself and makes it the container's root:
   * what every later {@code target} is resolved in.
   */
  record MountRoot(String hostPath) implements Step {}

  /**
   * {@code open_tree(OPEN_TREE_CLONE)} of {@code hostPath} into {@code slot}. With a user namespace
   * this comes before the ids change, while the process still passes the host's permission checks.
   */
  record OpenTree(int slot, String hostPath, boolean recursive) implements Step {}

  /** The same if {@code slot} is still empty, since a {@link TryMount} was refused. */
  record OpenTreeInstead(int slot, String hostPath, boolean recursive) implements Step {}

  /**
   * A new file system, detached, in {@code slot}: {@code fsopen}, {@code fsconfig} for the source
   * and each option, {@code fsmount}.
   *
   * @param options in the order given: {@code name} or {@code name=value}
   * @param attributes {@code MOUNT_ATTR_*} of {@code fsmount(2)}
   */
  record NewMount(int slot, String type, String source, List<String> options, long attributes)
      implements Step {}

  /** The same, where EPERM and EBUSY are no error, and leave {@code slot} empty. */
  record TryMount(int slot, String type, String source, List<String> options, long attributes)
      implements Step {}

  /**
   * A new file system, detached, in {@code slot}, by mount(2): for what fsconfig(2) does not take.
   * It is mounted where nobody can see it, and cloned from there.
   *
   * @param flags of the superblock, in the words of mount(8)
   * @param data all options of the file system's own, as mount(2) takes them
   */
  record LegacyMount(int slot, String type, String source, List<String> flags, String data)
      implements Step {}

  /** Opens the mount at {@code target} into {@code slot}, as it is. */
  record FindMount(int slot, String target) implements Step {}

  /**
   * Changes the file system of the mount in {@code slot}: {@code fspick}, {@code fsconfig} for each
   * option.
   *
   * @param options in the order given: {@code name} or {@code name=value}
   */
  record Reconfigure(int slot, List<String> options) implements Step {}

  /**
   * {@code mount_setattr(2)} on the mount in {@code slot}.
   *
   * @param set {@code MOUNT_ATTR_*} to set
   * @param clear {@code MOUNT_ATTR_*} to clear
   */
  record SetMountAttributes(
      int slot, long set, long clear, Propagation propagation, boolean recursive) implements Step {}

  /**
   * Gives the root of the new file system in {@code slot} the mode of the directory at {@code
   * target} that it will cover; nothing happens if there is none. The mount must not be read-only
   * yet.
   */
  record CopyMode(int slot, String target) implements Step {}

  /** The same with the owner. */
  record CopyOwner(int slot, String target) implements Step {}

  /**
   * Copies what is in the directory at {@code target} to the new file system in {@code slot} that
   * will cover it, with owners, modes, times and extended attributes; nothing happens if there is
   * none. Links are copied, never followed.
   */
  record CopyUp(int slot, String target) implements Step {}

  /**
   * {@code move_mount(2)} of the mount in {@code slot} to {@code target}, which is made, as a
   * directory or as an empty file like the mount's root, if it is missing.
   *
   * @param symlinks whether the path may go through symbolic links
   * @param procfs whether it may lead to a proc file system
   */
  record Attach(int slot, String target, Symlinks symlinks, Procfs procfs) implements Step {

    /** Anywhere but in a proc file system. */
    public Attach(int slot, String target, Symlinks symlinks) {
      this(slot, target, symlinks, Procfs.REFUSED);
    }
  }

  /**
   * {@code move_mount(2)} of the mount in {@code slot} over the container's root, whose place it
   * takes: later targets are paths in it.
   */
  record CoverRoot(int slot) implements Step {}

  /** Holds what is in {@code slot} against the device that was asked for. */
  record RequireDevice(int slot, DeviceKind kind, int major, int minor) implements Step {}

  /** {@code mkdir -p} in the container's root. */
  record MakeDirectory(String path, int mode) implements Step {}

  /** {@code mknodat(2)}; an existing node of the same type and number is left as it is. */
  record MakeDevice(
      String path, DeviceKind kind, int major, int minor, int mode, long uid, long gid)
      implements Step {}

  /** {@code symlinkat(2)}; an existing link or file is left as it is. */
  record MakeSymlink(String path, String content) implements Step {}

  /**
   * Takes the directory as the container's root, without a mount of its own: what a container does
   * that shares the host's mounts, and may change none.
   */
  record TakeRoot(String hostPath) implements Step {}

  /**
   * Takes the host's mount at {@code hostPath} away, or covers it where it is locked: after {@link
   * MoveRoot} the old root is still there, below the new one.
   */
  record DropHostMount(String hostPath) implements Step {}

  /** {@code move_mount(2)} of the container's root to {@code /}, then {@link ChangeRoot}. */
  record MoveRoot() implements Step {}

  /** {@code chroot(2)} to the container's root. */
  record ChangeRoot() implements Step {}

  /** {@code chroot(2)} to the directory in {@code slot}. */
  record ChangeRootTo(int slot) implements Step {}

  /** {@code pivot_root(".", ".")} and {@code umount2(MNT_DETACH)} of the old root. */
  record PivotRoot() implements Step {}

  /** The root of the mount namespace that was joined becomes what targets are resolved in. */
  record OpenRoot() implements Step {}

  /**
   * A new terminal of the devpts at {@code /dev/pts}, which is verified to be one: {@code ptmx}
   * opened there, {@code TIOCSPTLCK}, {@code TIOCGPTPEER}. No path leads to the other end, which an
   * image or a running container could exchange (CVE-2025-52565).
   *
   * @param master the slot for the end that is the runtime's
   * @param peer the slot for the end that is the program's
   */
  record NewTerminal(int master, int peer) implements Step {}

  /** {@code TIOCSWINSZ} of the terminal in {@code slot}. */
  record SetTerminalSize(int slot, int columns, int rows) implements Step {}

  /**
   * {@code open_tree(OPEN_TREE_CLONE)} of what the descriptor in {@code of} is, into {@code slot}.
   */
  record OpenMount(int slot, int of) implements Step {}

  /**
   * The terminal in {@code peer} becomes descriptors 0, 1 and 2, and by {@code TIOCSCTTY} what
   * controls the session; it is given to the user {@code uid}.
   */
  record TakeTerminal(int peer, long uid) implements Step {}

  /**
   * Gives those of descriptors 0, 1 and 2 that are anonymous pipes to the user {@code uid}, who
   * could not open {@code /dev/stdout} otherwise. Nothing else is: a file, a device or a terminal
   * that was passed on belongs to somebody on the host.
   */
  record OwnStreams(long uid) implements Step {}

  /** Makes the container's root mount read-only, and nothing below it. */
  record MakeRootReadonly() implements Step {}

  /** Covers {@code path}: a file by {@code /dev/null}, a directory by an empty tmpfs. */
  record MaskPath(String path) implements Step {}

  /** Mounts {@code path} on itself, read-only; a missing path is skipped. */
  record MakePathReadonly(String path) implements Step {}

  /** {@code sethostname(2)}. */
  record SetHostname(String name) implements Step {}

  /** {@code setdomainname(2)}. */
  record SetDomainname(String name) implements Step {}

  /** Writes {@code value} to {@code path}, which is below {@code /proc/sys}. */
  record SetSysctl(String path, String value) implements Step, ThroughProcfs {}

  /** {@code prlimit64(2)}; {@code -1} is {@code RLIM_INFINITY}. */
  record SetRlimit(RlimitKind kind, long soft, long hard) implements Step {}

  /** {@code prctl(PR_SET_NO_NEW_PRIVS)}. */
  record SetNoNewPrivileges() implements Step {}

  /**
   * {@code seccomp(SECCOMP_SET_MODE_FILTER)}: from here on, the filter holds for the steps as well.
   */
  record LoadSeccomp(Filter filter, Set<Seccomp.Flag> flags) implements Step {}

  /**
   * The same with a listener, {@code SECCOMP_FILTER_FLAG_NEW_LISTENER}, and a stop at {@link
   * SyncPoint#HAND_OVER_LISTENER}: the runtime is told which descriptor it is by write(2), which no
   * filter notifies anybody of, and gets it by pidfd_getfd(2).
   */
  record LoadSeccompListener(Filter filter, Set<Seccomp.Flag> flags) implements Step {}

  /** {@code sched_setattr(2)}. */
  record SetScheduler(Scheduler attributes) implements Step {}

  /** {@code ioprio_set(2)}. */
  record SetIoPriority(IoPriority priority) implements Step {}

  /** {@code personality(2)}. */
  record SetPersonality(Personality.Domain domain) implements Step {}

  /** {@code set_mempolicy(2)}. */
  record SetMemoryPolicy(MemoryPolicy.Mode mode, List<MemoryPolicy.Flag> flags, NumberList nodes)
      implements Step {}

  /** {@code prctl(PR_SET_KEEPCAPS)}: the permitted set survives {@link SetUserId}. */
  record KeepCapabilities() implements Step {}

  /** {@code prctl(PR_CAPBSET_DROP)} of every capability that is not in {@code capabilities}. */
  record SetBoundingSet(long capabilities) implements Step {}

  /** {@code setgroups(2)}. */
  record SetGroups(List<Long> gids) implements Step {}

  /** {@code setgroups(0)}, where a user namespace that lets nobody drop a group is no error. */
  record TryDropGroups() implements Step {}

  /** {@code setresgid(gid, gid, gid)}. */
  record SetGroupId(long gid) implements Step {}

  /** {@code setresuid(uid, uid, uid)}. */
  record SetUserId(long uid) implements Step {}

  /** {@code capset(2)}, then the ambient set; bit n is capability n. */
  record SetCapabilities(long effective, long permitted, long inheritable, long ambient)
      implements Step {}

  /**
   * Adds {@code HOME} to the environment of {@link Exec}: what {@code /etc/passwd} in the
   * container's root says of the user, or {@code /}.
   */
  record FindHome(long uid) implements Step {}

  /** {@code chdir(2)}, where a refusal is no error yet: the user to come may be allowed. */
  record TryDirectory(String path) implements Step {}

  /**
   * {@code chdir(2)} unless {@link TryDirectory} was let in, then {@code getcwd(2)}: a directory
   * outside the container's root is an error.
   */
  record RequireDirectory(String path) implements Step {}

  /** Settles on the first of {@code candidates} that is an executable file. */
  record FindProgram(List<String> candidates) implements Step {}

  /**
   * Reports that the container is created, then waits for a start on the socket in {@code slot}.
   */
  record AwaitStart(int slot) implements Step {}

  /**
   * Runs a hook to its end, as a child in a session of its own, with {@code state} on its standard
   * input. One that does not succeed, or takes longer than its timeout and is killed, is a failure.
   *
   * @param index among the hooks of its kind
   * @param hook with all its arguments
   * @param openFiles its soft {@code RLIMIT_NOFILE}; 0 for that of the process
   */
  record RunHook(HookKind kind, int index, Hook hook, long openFiles, HookState.Text state)
      implements Step {}

  /** Ends the process: it was there for its steps alone. */
  record End() implements Step {}

  /** Closes all descriptors but the standard three and becomes the program that was found. */
  record Exec(List<String> arguments, List<String> environment) implements Step {}
}
