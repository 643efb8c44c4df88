package dev.berth.core.plan;

import java.util.List;

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

  /** {@code prctl(PR_SET_DUMPABLE, 0)}: nobody in the namespaces to be joined may trace this. */
  record SetNonDumpable() implements Step {}

  /**
   * {@code prctl(PR_SET_PDEATHSIG, SIGKILL)}. Comes after the last {@link SetUserId}, which clears
   * it.
   */
  record DieWithParent() implements Step {}

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

  /** {@code setns(pidfd in slot, flags)}: all namespaces at once, the user namespace first. */
  record JoinNamespaces(int slot, List<NamespaceKind> namespaces) implements Step {}

  /**
   * Goes on in a child ({@code clone3(CLONE_PARENT | CLONE_PIDFD)}), which a joined PID namespace
   * needs. The child is the runtime's child too, its pid and pidfd are reported, and the process
   * that forked exits. A PID namespace's init ends only when every process in it is reaped, so this
   * child too.
   */
  record Fork() implements Step {}

  /** {@code unshare(2)} of what can only be made after the process is in its cgroup. */
  record Unshare(NamespaceKind namespace) implements Step {}

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

  /**
   * A new file system, detached, in {@code slot}: {@code fsopen}, {@code fsconfig} for the source
   * and each option, {@code fsmount}.
   *
   * @param options in the order given: {@code name} or {@code name=value}
   * @param attributes {@code MOUNT_ATTR_*} of {@code fsmount(2)}
   */
  record NewMount(int slot, String type, String source, List<String> options, long attributes)
      implements Step {}

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

  /**
   * {@code move_mount(2)} of the mount in {@code slot} to {@code target}, which is made, as a
   * directory or as an empty file like the mount's root, if it is missing.
   *
   * @param symlinks whether the path may go through symbolic links
   */
  record Attach(int slot, String target, Symlinks symlinks) implements Step {}

  /** {@code mkdir -p} in the container's root. */
  record MakeDirectory(String path, int mode) implements Step {}

  /** {@code mknodat(2)}; an existing node of the same type and number is left as it is. */
  record MakeDevice(
      String path, DeviceKind kind, int major, int minor, int mode, long uid, long gid)
      implements Step {}

  /** {@code symlinkat(2)}; an existing link or file is left as it is. */
  record MakeSymlink(String path, String content) implements Step {}

  /** {@code pivot_root(".", ".")} and {@code umount2(MNT_DETACH)} of the old root. */
  record PivotRoot() implements Step {}

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

  /** {@code prlimit64(2)}; {@code -1} is {@code RLIM_INFINITY}. */
  record SetRlimit(RlimitKind kind, long soft, long hard) implements Step {}

  /** {@code prctl(PR_SET_NO_NEW_PRIVS)}. */
  record SetNoNewPrivileges() implements Step {}

  /** {@code prctl(PR_SET_KEEPCAPS)}: the permitted set survives {@link SetUserId}. */
  record KeepCapabilities() implements Step {}

  /** {@code prctl(PR_CAPBSET_DROP)} of every capability that is not in {@code capabilities}. */
  record SetBoundingSet(long capabilities) implements Step {}

  /** {@code setgroups(2)}. */
  record SetGroups(List<Long> gids) implements Step {}

  /** {@code setresgid(gid, gid, gid)}. */
  record SetGroupId(long gid) implements Step {}

  /** {@code setresuid(uid, uid, uid)}. */
  record SetUserId(long uid) implements Step {}

  /** {@code capset(2)}, then the ambient set; bit n is capability n. */
  record SetCapabilities(long effective, long permitted, long inheritable, long ambient)
      implements Step {}

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

  /** Closes all descriptors but the standard three and becomes the program that was found. */
  record Exec(List<String> arguments, List<String> environment) implements Step {}
}
