package dev.berth.core.plan;

import dev.berth.core.state.HookState;
import dev.berth.spec.Hook;
import dev.berth.spec.Scheduler;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a well-known refusal of the kernel means for the user, and what to do about it. */
public final class Hints {
  private static final String SEARCH =
      "root of the user namespace must be permitted to search every directory on the way";

  private static final String NO_SOURCE = "the source of a bind mount must exist";

  private static final String FOREIGN =
      "the mount point is missing, and root of the user namespace is not permitted to make it";

  private static final String UNKNOWN_OPTION =
      "an option that the file system does not know, or an id that is not mapped";

  private static final String LOOP =
      "a circle of links, or a link that only /proc has, which is never followed";

  private static final String NICE = "it takes CAP_SYS_NICE on the host";

  private final Set<NamespaceKind> namespaces;
  private final boolean inUserNamespace;

  private Hints(Set<NamespaceKind> namespaces, boolean inUserNamespace) {
    this.namespaces = namespaces;
    this.inUserNamespace = inUserNamespace;
  }

  /** All that are not the runtime's. */
  private static Set<NamespaceKind> namespaces(Plan plan) {
    Set<NamespaceKind> namespaces = EnumSet.noneOf(NamespaceKind.class);
    namespaces.addAll(plan.namespaces());
    for (Step step : plan.steps()) {
      switch (step) {
        case Step.JoinNamespaces join -> namespaces.addAll(join.namespaces());
        case Step.Unshare unshare -> namespaces.addAll(unshare.namespaces());
        case Step.Fork fork -> namespaces.addAll(fork.namespaces());
        default -> {} // stays where it is
      }
    }
    return namespaces;
  }

  /**
   * What to say besides the error when the step at {@code index} of {@code plan} fails.
   *
   * @param errno the name of the error, such as {@code EPERM}
   * @return nothing if the error says it all
   */
  public static Optional<String> of(Plan plan, int index, String errno) {
    Set<NamespaceKind> namespaces = namespaces(plan);
    boolean inUserNamespace = namespaces.contains(NamespaceKind.USER);
    return Optional.ofNullable(
        new Hints(namespaces, inUserNamespace).of(plan.steps().get(index), errno));
  }

  /** Whether the process is in a user namespace of the container's at the step. */
  public static boolean isInUserNamespace(Plan plan, int index) {
    return namespaces(
            new Plan(plan.namespaces(), plan.descriptors(), plan.steps().subList(0, index)))
        .contains(NamespaceKind.USER);
  }

  /** The same, for a runtime that is in a user namespace itself. */
  public static Optional<String> inUserNamespace(Plan plan, int index, String errno) {
    return Optional.ofNullable(
        new Hints(namespaces(plan), true).of(plan.steps().get(index), errno));
  }

  /**
   * What to say besides the error when a program that was found cannot be executed, which is known
   * only after the start.
   *
   * @param errno the name of the error, such as {@code ENOEXEC}
   * @return nothing if the error says it all
   */
  public static Optional<String> ofExecution(String errno) {
    return Optional.ofNullable(execution(errno));
  }

  /**
   * The same for a source of a bind mount that the runtime opens.
   *
   * @param errno the name of the error, such as {@code ENOENT}
   */
  public static Optional<String> ofTree(String errno) {
    return errno.equals("ENOENT") ? Optional.of(NO_SOURCE) : Optional.empty();
  }

  /**
   * The same for the ids of a mount.
   *
   * @param errno the name of the error, such as {@code EINVAL}
   */
  public static Optional<String> ofIdMap(String errno) {
    return switch (errno) {
      case "EINVAL" ->
          Optional.of(
              "on this kernel its file system, or one that is mounted below, cannot do that");
      case "EPERM" ->
          Optional.of("it takes CAP_SYS_ADMIN over the file system, and ids not mapped already");
      default -> Optional.empty();
    };
  }

  /**
   * What to say besides the error when a hook of kind {@code kind} cannot be executed, where that
   * is known only after the start.
   *
   * @param errno the name of the error, such as {@code ENOENT}
   * @return nothing if the error says it all
   */
  public static Optional<String> ofHook(HookKind kind, String errno) {
    return Optional.ofNullable(hook(kind, errno));
  }

  private @Nullable String of(Step step, String errno) {
    return switch (step) {
      case Step.JoinCgroup _ -> cgroup(errno);
      case Step.SetAffinity _ when errno.equals("EINVAL") ->
          "none of these processors is online and in cpuset.cpus of the cgroup";
      case Step.MakeKeyring _ -> keyring(errno);
      case Step.JoinKeyring _ -> keyring(errno);
      case Step.SetApparmorProfile _ when errno.equals("ENOENT") ->
          "no such profile is loaded; apparmor_parser loads one";
      case Step.SetSelinuxLabel _ when errno.equals("EINVAL") ->
          "no label of the policy that is loaded";
      case Step.SetScheduler scheduler -> scheduler(scheduler.attributes().policy(), errno);
      case Step.SetIoPriority _ when isRefused(errno) -> NICE;
      case Step.SetMemoryPolicy _ -> memoryPolicy(errno);
      case Step.SetOomScoreAdj _ when isRefused(errno) ->
          "less than the runtime's own takes CAP_SYS_RESOURCE on the host";
      case Step.JoinNamespaces join -> joining(join.namespaces(), errno);
      case Step.Fork fork -> forking(fork, errno);
      case Step.NewTimeNamespace _ -> time(errno);
      case Step.MountRoot _ -> root(errno);
      case Step.OpenTree _ -> source(errno);
      case Step.OpenTreeInstead _ -> source(errno);
      case Step.NewMount mount -> fileSystem(mount.type(), errno);
      case Step.TryMount mount -> fileSystem(mount.type(), errno);
      case Step.LegacyMount mount -> fileSystem(mount.type(), errno);
      case Step.Reconfigure _ when errno.equals("EINVAL") -> UNKNOWN_OPTION;
      case Step.CopyUp _ -> copy(errno);
      case Step.SetMountAttributes _ when inUserNamespace && errno.equals("EPERM") ->
          "what the host has forbidden on a mount cannot be allowed again in a user namespace";
      case Step.Attach attach -> mountPoint(attach.symlinks(), errno);
      case Step.PivotRoot _ when errno.equals("EINVAL") ->
          "pivot_root(2) cannot leave the initial ramfs, where that is the host's root; without a"
              + " pivot, the root is moved: ContainerBuilder.withoutPivot(), --no-pivot";
      case Step.CoverRoot _ -> mountPoint(Symlinks.FOLLOW_IN_ROOT, errno);
      case Step.NewTerminal _ -> terminal(errno);
      case Step.MakeDevice _ when errno.equals("EPERM") ->
          "the runtime lacks CAP_MKNOD on the host";
      case Step.SetHostname _ when errno.equals("EPERM") ->
          "it takes a UTS namespace of the container's own";
      case Step.SetDomainname _ when errno.equals("EPERM") ->
          "it takes a UTS namespace of the container's own";
      case Step.SetSysctl _ -> sysctl(errno);
      case Step.SetRlimit _ when errno.equals("EPERM") ->
          "more than the runtime's own hard limit takes CAP_SYS_RESOURCE on the host";
      case Step.SetGroups _ when errno.equals("EPERM") ->
          "groups cannot be chosen in a user namespace that an unprivileged user has mapped";
      case Step.SetGroups _ when errno.equals("EINVAL") -> unmapped("gidMappings");
      case Step.SetGroupId _ when errno.equals("EINVAL") -> unmapped("gidMappings");
      case Step.SetUserId _ when errno.equals("EINVAL") -> unmapped("uidMappings");
      case Step.MakeDirectory _ -> directory(errno);
      case Step.RequireDirectory _ -> directory(errno);
      case Step.FindProgram find -> program(find.candidates(), errno);
      case Step.RequireFreeName _ when errno.equals("EEXIST") ->
          "the container's network namespace has one; see the names in linux.netDevices";
      case Step.RunHook(HookKind kind, int _, Hook _, long _, HookState.Text _) ->
          hook(kind, errno);
      case Step.Exec _ -> execution(errno);
      default -> null;
    };
  }

  private static @Nullable String joining(List<NamespaceKind> kinds, String errno) {
    return switch (errno) {
      case "ESRCH" -> "the container has stopped";
      case "EPERM" ->
          kinds.equals(List.of(NamespaceKind.USER))
              ? "only its owner, and root of a user namespace above, may join it"
              : "it takes CAP_SYS_ADMIN in the user namespace that it belongs to; join that one, too";
      case "EINVAL" ->
          kinds.contains(NamespaceKind.PID)
              ? "a PID namespace can only be joined from one above it"
              : null;
      default -> null;
    };
  }

  private static @Nullable String forking(Step.Fork fork, String errno) {
    return switch (errno) {
      // A program in the container has enabled controllers below it.
      case "EBUSY" -> "a cgroup that hands controllers down takes no process";
      case "EOPNOTSUPP" ->
          "the cgroup is threaded, or in one that is, and takes no process; name another one in"
              + " linux.cgroupsPath";
      case "EACCES" ->
          "a user may put processes only into cgroups of the delegated tree that the runtime is in"
              + " itself; run it there: systemd-run --user --scope -p Delegate=yes COMMAND";
      case "ENOENT" ->
          "the cgroup is gone, or outside of what the runtime's cgroup namespace shows (nsdelegate)";
      case "ENOMEM" ->
          fork.namespaces().isEmpty() && fork.cgroup().isEmpty()
              ? "the PID namespace has no init process any more: the container has just stopped"
              : "the machine, or the cgroup, has no memory left";
      default -> null;
    };
  }

  private static @Nullable String time(String errno) {
    return switch (errno) {
      case "ERANGE" -> "a clock would be before 0, or beyond what it can count";
      default -> null;
    };
  }

  private static @Nullable String cgroup(String errno) {
    return switch (errno) {
      case "ENOSPC" -> "cpuset.cpus or cpuset.mems of the cgroup is empty";
      case "EBUSY" -> "the cgroup has controllers enabled for its children";
      default -> null;
    };
  }

  private @Nullable String root(String errno) {
    return switch (errno) {
      case "ENOENT" -> "the root file system does not exist";
      case "ENOTDIR" -> "the root file system must be a directory";
      case "EACCES" -> inUserNamespace ? SEARCH : null;
      default -> null;
    };
  }

  private @Nullable String source(String errno) {
    return switch (errno) {
      case "ENOENT" -> NO_SOURCE;
      case "EACCES" -> inUserNamespace ? SEARCH : null;
      case "EINVAL" ->
          inUserNamespace
              ? "in a user namespace a source is bound with all mounts below it: rbind"
              : null;
      default -> null;
    };
  }

  private @Nullable String fileSystem(String type, String errno) {
    return switch (errno) {
      case "ENODEV" -> "this kernel has no such file system; /proc/filesystems lists what it has";
      case "EINVAL" -> UNKNOWN_OPTION;
      case "EPERM" -> inUserNamespace ? forbidden(type) : "the runtime lacks CAP_SYS_ADMIN";
      default -> null;
    };
  }

  private String forbidden(String type) {
    return switch (type) {
      case "proc" ->
          namespaces.contains(NamespaceKind.PID)
              ? "a user namespace may mount /proc only where nothing of the runtime's own is masked"
              : "a user namespace may mount /proc only in a PID namespace of its own, and"
                  + " linux.namespaces has none";
      case "sysfs" ->
          namespaces.contains(NamespaceKind.NETWORK)
              ? "a user namespace may mount /sys only where nothing of the runtime's own is masked"
              : "a user namespace may mount /sys only in a network namespace of its own, and"
                  + " linux.namespaces has none; a bind mount of /sys works";
      case "mqueue" -> "a user namespace may mount it only in an IPC namespace of its own";
      default -> "not for a user namespace";
    };
  }

  private @Nullable String mountPoint(Symlinks symlinks, String errno) {
    return switch (errno) {
      case "ENOTDIR" -> "a directory cannot be mounted on a file, nor a file on a directory";
      case "EROFS" -> "the mount point is missing, and cannot be made on a read-only file system";
      case "ENOSPC" ->
          "a mount namespace takes as many mounts as /proc/sys/fs/mount-max says; or the mount point"
              + " is missing, and its file system is full";
      case "EACCES" -> inUserNamespace ? FOREIGN : null;
      case "ELOOP" -> symlinks == Symlinks.FOLLOW_IN_ROOT ? LOOP : null;
      default -> null;
    };
  }

  private static @Nullable String keyring(String errno) {
    return switch (errno) {
      case "EDQUOT" ->
          "the user has all the keys that /proc/sys/kernel/keys allows; there can be containers"
              + " without a keyring of their own";
      case "EPERM", "EACCES" ->
          "the runtime itself may not use keys, as in a container; there can be containers without"
              + " a keyring of their own";
      default -> null;
    };
  }

  private static @Nullable String scheduler(Scheduler.Policy policy, String errno) {
    return switch (errno) {
      case "EPERM" -> NICE + ", and on cgroup version 1 linux.resources.cpu.realtimeRuntime";
      case "EINVAL" ->
          policy == Scheduler.Policy.SCHED_ISO
              ? "no version of Linux has it"
              : "the kernel does not take these values together";
      case "EBUSY" -> "the processors have no time left for such a deadline";
      case "EOPNOTSUPP" -> "this kernel has no utilisation clamps (CONFIG_UCLAMP_TASK)";
      default -> null;
    };
  }

  private static @Nullable String memoryPolicy(String errno) {
    return switch (errno) {
      case "ENOSYS" -> "this kernel knows no memory nodes (CONFIG_NUMA)";
      case "EINVAL" ->
          "a node that is not there or not in cpuset.mems of the cgroup, or a mode that this kernel"
              + " does not have";
      default -> null;
    };
  }

  private @Nullable String copy(String errno) {
    return switch (errno) {
      case "ENOSPC" -> "size= or nr_inodes= of the tmpfs is too small for what it covers";
      case "EINVAL" -> inUserNamespace ? "an owner that is not mapped in the user namespace" : null;
      case "EPERM" -> inUserNamespace ? "a user namespace can make no device node" : null;
      case "EACCES" -> inUserNamespace ? "of an owner that is not mapped" : null;
      default -> null;
    };
  }

  private @Nullable String sysctl(String errno) {
    return switch (errno) {
      case "ENOENT" -> "this kernel has no such parameter, or only one for the whole host";
      case "EINVAL" -> "not a value for this parameter";
      case "EACCES", "EPERM" -> inUserNamespace ? "not for a user namespace" : "read-only";
      case "EXDEV" -> "something is mounted over it in the runtime's own /proc";
      default -> null;
    };
  }

  private static @Nullable String terminal(String errno) {
    return switch (errno) {
      case "ENOENT", "ENOTDIR", "EINVAL" ->
          "a terminal takes a devpts at /dev/pts, such as {\"destination\": \"/dev/pts\", \"type\":"
              + " \"devpts\", \"source\": \"devpts\", \"options\": [\"newinstance\","
              + " \"ptmxmode=0666\", \"mode=0620\"]} in mounts";
      case "ENOSPC" ->
          "no more terminals: /proc/sys/kernel/pty/max, or the option max of the devpts";
      default -> null;
    };
  }

  private static @Nullable String directory(String errno) {
    return switch (errno) {
      case "ENOENT" -> "no directory inside the container's root";
      case "EACCES" -> "the container's user is not permitted to enter it";
      case "ELOOP" -> LOOP;
      default -> null;
    };
  }

  private static @Nullable String program(List<String> candidates, String errno) {
    return switch (errno) {
      // The words that engines look for, to give their own exit code 127.
      case "ENOENT" ->
          candidates.size() > 1
              ? "executable file not found in $PATH"
              : "no such file in the container's root";
      case "EACCES" -> "not an executable file, or on a mount with noexec";
      default -> null;
    };
  }

  private static @Nullable String hook(HookKind kind, String errno) {
    return switch (errno) {
      case "ENOENT" ->
          kind == HookKind.START_CONTAINER
              ? "the program, or its interpreter, is not in the container's root"
              : "the program, or its interpreter, is not on the host";
      case "EACCES" -> "not an executable file, or on a mount with noexec";
      default -> execution(errno);
    };
  }

  private static @Nullable String execution(String errno) {
    return switch (errno) {
      case "ENOENT" -> "the program's interpreter or loader is not in the container's root";
      case "ENOEXEC" -> "neither a program for this machine nor a script with a #! line";
      case "E2BIG" -> "the arguments and the environment are too long";
      case "EAGAIN" ->
          "its user has more processes than RLIMIT_NPROC in process.rlimits allows; raise it, or run"
              + " it as a user of its own";
      default -> null;
    };
  }

  private @Nullable String unmapped(String mappings) {
    return inUserNamespace ? "not mapped in the user namespace; see linux." + mappings : null;
  }

  private static boolean isRefused(String errno) {
    return errno.equals("EACCES") || errno.equals("EPERM");
  }
}
