package dev.berth.core.plan;

import dev.berth.spec.Scheduler;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a well-known refusal of the kernel means for the user, and what to do about it. */
public final class Hints {
  private static final String SEARCH =
      "root of the user namespace must be permitted to search every directory on the way";

  private static final String FOREIGN =
      "the mount point is missing, and root of the user namespace is not permitted to make it";

  private static final String LOOP =
      "a circle of links, or a link that only /proc has, which is never followed";

  private static final String NICE = "it takes CAP_SYS_NICE on the host";

  private final Plan plan;
  private final boolean inUserNamespace;

  private Hints(Plan plan) {
    this.plan = plan;
    this.inUserNamespace =
        plan.namespaces().contains(NamespaceKind.USER)
            || plan.steps().stream().anyMatch(Hints::joinsUserNamespace);
  }

  /**
   * What to say besides the error when the step at {@code index} of {@code plan} fails.
   *
   * @param errno the name of the error, such as {@code EPERM}
   * @return nothing if the error says it all
   */
  public static Optional<String> of(Plan plan, int index, String errno) {
    return Optional.ofNullable(new Hints(plan).of(plan.steps().get(index), errno));
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
      case Step.JoinNamespaces _ when errno.equals("ESRCH") -> "the container has stopped";
      case Step.MountRoot _ -> root(errno);
      case Step.OpenTree _ -> source(errno);
      case Step.NewMount mount -> fileSystem(mount.type(), errno);
      case Step.SetMountAttributes _ when inUserNamespace && errno.equals("EPERM") ->
          "what the host has forbidden on a mount cannot be allowed again in a user namespace";
      case Step.Attach attach -> mountPoint(attach.symlinks(), errno);
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
      case Step.Exec _ -> execution(errno);
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
      case "ENOENT" -> "the source of a bind mount must exist";
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
      case "EINVAL" -> "an option that the file system does not know, or an id that is not mapped";
      case "EPERM" -> inUserNamespace ? forbidden(type) : "the runtime lacks CAP_SYS_ADMIN";
      default -> null;
    };
  }

  private String forbidden(String type) {
    return switch (type) {
      case "proc" ->
          plan.namespaces().contains(NamespaceKind.PID)
              ? "a user namespace may mount /proc only where nothing of the runtime's own is masked"
              : "a user namespace may mount /proc only in a PID namespace of its own, and"
                  + " linux.namespaces has none";
      case "sysfs" ->
          plan.namespaces().contains(NamespaceKind.NETWORK)
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

  private @Nullable String sysctl(String errno) {
    return switch (errno) {
      case "ENOENT" -> "this kernel has no such parameter, or only one for the whole host";
      case "EINVAL" -> "not a value for this parameter";
      case "EACCES", "EPERM" -> inUserNamespace ? "not for a user namespace" : "read-only";
      case "EXDEV" -> "something is mounted over it in the runtime's own /proc";
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

  private static @Nullable String execution(String errno) {
    return switch (errno) {
      case "ENOENT" -> "the program's interpreter or loader is not in the container's root";
      case "ENOEXEC" -> "neither a program for this machine nor a script with a #! line";
      case "E2BIG" -> "the arguments and the environment are too long";
      default -> null;
    };
  }

  private @Nullable String unmapped(String mappings) {
    return inUserNamespace ? "not mapped in the user namespace; see linux." + mappings : null;
  }

  private static boolean isRefused(String errno) {
    return errno.equals("EACCES") || errno.equals("EPERM");
  }

  private static boolean joinsUserNamespace(Step step) {
    return step instanceof Step.JoinNamespaces join
        && join.namespaces().contains(NamespaceKind.USER);
  }
}
