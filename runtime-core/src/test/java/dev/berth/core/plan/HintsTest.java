package dev.berth.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.spec.NumberList;
import dev.berth.core.state.HookState;
import dev.berth.spec.Hook;
import dev.berth.spec.MemoryPolicy;
import dev.berth.spec.Scheduler;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HintsTest {
  private static final Step PROC = new Step.NewMount(0, "proc", "proc", List.of(), 0);
  private static final String DEVPTS =
      "a terminal takes a devpts at /dev/pts, such as {\"destination\": \"/dev/pts\", \"type\":"
          + " \"devpts\", \"source\": \"devpts\", \"options\": [\"newinstance\", \"ptmxmode=0666\","
          + " \"mode=0620\"]} in mounts";
  private static final Step SYSFS = new Step.NewMount(0, "sysfs", "sysfs", List.of(), 0);

  static List<Arguments> refusals() {
    return List.of(
        Arguments.of(
            new Step.FindProgram(List.of("/bin/x", "/usr/bin/x")),
            "ENOENT",
            "executable file not found in $PATH"),
        Arguments.of(
            new Step.FindProgram(List.of("/x")), "ENOENT", "no such file in the container's root"),
        Arguments.of(
            new Step.FindProgram(List.of("/x")),
            "EACCES",
            "not an executable file, or on a mount with noexec"),
        Arguments.of(new Step.MountRoot("/r"), "ENOENT", "the root file system does not exist"),
        Arguments.of(
            new Step.OpenTree(0, "/s", false), "ENOENT", "the source of a bind mount must exist"),
        Arguments.of(
            PROC,
            "ENODEV",
            "this kernel has no such file system; /proc/filesystems lists what it has"),
        Arguments.of(
            new Step.Attach(0, "/d", Symlinks.FOLLOW_IN_ROOT),
            "ENOTDIR",
            "a directory cannot be mounted on a file, nor a file on a directory"),
        Arguments.of(new Step.NewTerminal(0, 1), "ENOENT", DEVPTS),
        Arguments.of(new Step.NewTerminal(0, 1), "EINVAL", DEVPTS),
        Arguments.of(
            new Step.NewTerminal(0, 1),
            "ENOSPC",
            "no more terminals: /proc/sys/kernel/pty/max, or the option max of the devpts"),
        Arguments.of(
            new Step.MakeDirectory("/proc/self/fd/9", 0755),
            "ELOOP",
            "a circle of links, or a link that only /proc has, which is never followed"),
        Arguments.of(
            new Step.JoinNamespaces(0, List.of(NamespaceKind.NETWORK)),
            "EPERM",
            "it takes CAP_SYS_ADMIN in the user namespace that it belongs to; join that one, too"),
        Arguments.of(
            new Step.PivotRoot(),
            "EINVAL",
            "pivot_root(2) cannot leave the initial ramfs, where that is the host's root; without a"
                + " pivot, the root is moved: ContainerBuilder.withoutPivot(), --no-pivot"),
        Arguments.of(
            new Step.Attach(0, "/mnt", Symlinks.FOLLOW_IN_ROOT),
            "ENOSPC",
            "a mount namespace takes as many mounts as /proc/sys/fs/mount-max says; or the mount"
                + " point is missing, and its file system is full"),
        Arguments.of(
            new Step.JoinNamespaces(0, List.of(NamespaceKind.USER)),
            "EPERM",
            "only its owner, and root of a user namespace above, may join it"),
        Arguments.of(
            new Step.JoinNamespaces(0, List.of(NamespaceKind.PID)),
            "EINVAL",
            "a PID namespace can only be joined from one above it"),
        Arguments.of(
            new Step.Fork(List.of(), OptionalInt.of(0)),
            "EBUSY",
            "a cgroup that hands controllers down takes no process"),
        Arguments.of(
            new Step.Fork(List.of(), OptionalInt.empty()),
            "ENOMEM",
            "the PID namespace has no init process any more: the container has just stopped"),
        Arguments.of(
            new Step.NewTimeNamespace(List.of()),
            "ERANGE",
            "a clock would be before 0, or beyond what it can count"),
        Arguments.of(
            new Step.SetRlimit(RlimitKind.RLIMIT_NOFILE, 1, 1),
            "EPERM",
            "more than the runtime's own hard limit takes CAP_SYS_RESOURCE on the host"),
        Arguments.of(
            new Step.SetSysctl("net/ipv4/x", "1"),
            "ENOENT",
            "this kernel has no such parameter, or only one for the whole host"),
        Arguments.of(
            new Step.SetSysctl("net/ipv4/x", "1"), "EINVAL", "not a value for this parameter"),
        Arguments.of(
            new Step.SetSysctl("net/ipv4/x", "1"),
            "EXDEV",
            "something is mounted over it in the runtime's own /proc"),
        Arguments.of(
            new Step.MakeKeyring("_ses.web"),
            "EDQUOT",
            "the user has all the keys that /proc/sys/kernel/keys allows; there can be containers"
                + " without a keyring of their own"),
        Arguments.of(
            new Step.SetApparmorProfile("p"),
            "ENOENT",
            "no such profile is loaded; apparmor_parser loads one"),
        Arguments.of(
            new Step.SetAffinity(new NumberList(List.of(4L))),
            "EINVAL",
            "none of these processors is online and in cpuset.cpus of the cgroup"),
        Arguments.of(scheduler(Scheduler.Policy.SCHED_ISO), "EINVAL", "no version of Linux has it"),
        Arguments.of(
            scheduler(Scheduler.Policy.SCHED_RR),
            "EPERM",
            "it takes CAP_SYS_NICE on the host, and on cgroup version 1"
                + " linux.resources.cpu.realtimeRuntime"),
        Arguments.of(
            new Step.SetMemoryPolicy(
                MemoryPolicy.Mode.MPOL_BIND, List.of(), new NumberList(List.of(4L))),
            "ENOSYS",
            "this kernel knows no memory nodes (CONFIG_NUMA)"),
        Arguments.of(
            hook(HookKind.CREATE_CONTAINER),
            "ENOENT",
            "the program, or its interpreter, is not on the host"),
        Arguments.of(
            hook(HookKind.START_CONTAINER),
            "ENOENT",
            "the program, or its interpreter, is not in the container's root"),
        Arguments.of(
            hook(HookKind.POSTSTOP),
            "ENOEXEC",
            "neither a program for this machine nor a script with a #! line"),
        Arguments.of(
            new Step.SetOomScoreAdj(-5),
            "EACCES",
            "less than the runtime's own takes CAP_SYS_RESOURCE on the host"));
  }

  private static Step scheduler(Scheduler.Policy policy) {
    return new Step.SetScheduler(new Scheduler(policy, null, null, List.of(), null, null, null));
  }

  private static Step hook(HookKind kind) {
    Hook hook = new Hook("/h", List.of("h"), List.of(), null);
    return new Step.RunHook(kind, 0, hook, 0, new HookState.Text("", ""));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void explains(Step step, String errno, String hint) {
    assertThat(hint(step, errno)).isEqualTo(hint);
  }

  @Test
  void explains_proc_in_a_user_namespace() {
    assertThat(hint(PROC, "EPERM", NamespaceKind.USER))
        .isEqualTo(
            "a user namespace may mount /proc only in a PID namespace of its own,"
                + " and linux.namespaces has none");
    assertThat(hint(PROC, "EPERM", NamespaceKind.USER, NamespaceKind.PID))
        .isEqualTo(
            "a user namespace may mount /proc only where nothing of the runtime's own is masked");
  }

  @Test
  void explains_proc_of_a_runtime_in_a_user_namespace() {
    assertThat(Hints.inUserNamespace(plan(PROC), 0, "EPERM"))
        .hasValue(
            "a user namespace may mount /proc only in a PID namespace of its own,"
                + " and linux.namespaces has none");
    Plan joined =
        new Plan(
            Set.of(),
            List.of(),
            List.of(new Step.JoinNamespaces(0, List.of(NamespaceKind.PID)), PROC));
    assertThat(Hints.inUserNamespace(joined, 1, "EPERM"))
        .hasValue(
            "a user namespace may mount /proc only where nothing of the runtime's own is masked");
  }

  @Test
  void explains_a_mount_point_that_is_missing_in_a_user_namespace() {
    Step attach = new Step.Attach(0, "/mnt", Symlinks.FOLLOW_IN_ROOT);
    assertThat(hint(attach, "EACCES", NamespaceKind.USER))
        .isEqualTo(
            "the mount point is missing, and root of the user namespace is not permitted to make"
                + " it");
  }

  @Test
  void explains_sysfs_in_a_user_namespace() {
    assertThat(hint(SYSFS, "EPERM", NamespaceKind.USER))
        .isEqualTo(
            "a user namespace may mount /sys only in a network namespace of its own,"
                + " and linux.namespaces has none; a bind mount of /sys works");
  }

  @Test
  void explains_an_unmapped_id_of_a_joined_user_namespace() {
    Plan exec =
        new Plan(
            Set.of(),
            List.of(),
            List.of(
                new Step.JoinNamespaces(0, List.of(NamespaceKind.USER)), new Step.SetUserId(7)));
    assertThat(Hints.of(exec, 1, "EINVAL"))
        .hasValue("not mapped in the user namespace; see linux.uidMappings");
  }

  @Test
  void says_nothing_where_the_error_says_it_all() {
    assertThat(Hints.of(plan(new Step.SetHostname("x")), 0, "EINVAL")).isEmpty();
    assertThat(Hints.of(plan(new Step.PivotRoot()), 0, "EPERM")).isEmpty();
  }

  private static String hint(Step step, String errno, NamespaceKind... namespaces) {
    return Hints.of(plan(step, namespaces), 0, errno).orElseThrow();
  }

  private static Plan plan(Step step, NamespaceKind... namespaces) {
    Set<NamespaceKind> set = EnumSet.noneOf(NamespaceKind.class);
    set.addAll(List.of(namespaces));
    return new Plan(set, List.of(), List.of(step));
  }
}
