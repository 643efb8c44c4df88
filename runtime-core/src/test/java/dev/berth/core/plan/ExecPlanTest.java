package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.HYBRID;
import static dev.berth.core.plan.Plans.UNIFIED;
import static dev.berth.core.plan.Plans.steps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.IntelRdt;
import dev.berth.spec.Spec;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExecPlanTest {
  private static final Spec SPEC = Plans.process(process -> process.withTerminal(false));

  @Test
  void is_born_in_its_cgroup_and_joins_all_namespaces_at_once() {
    Set<NamespaceKind> namespaces =
        EnumSet.of(NamespaceKind.PID, NamespaceKind.MOUNT, NamespaceKind.CGROUP);
    Plan plan =
        Planner.exec(
            new ExecRequest(
                SPEC, namespaces, Lifetime.ATTACHED, Placement.AT_BIRTH, "_ses.web", HYBRID));
    assertThat(plan)
        .hasToString(
            """
            new namespaces: none
            receives: init process, cgroup v2 directory, cgroup.procs of cpu,cpuacct, \
            cgroup.procs of memory, cgroup.procs of systemd
              0  reset the signals
              1  set process name berth:exec
              2  fork into the cgroup
              3  join cgroup: cgroup.procs of cpu,cpuacct
              4  join cgroup: cgroup.procs of memory
              5  join cgroup: cgroup.procs of systemd
              6  run on all processors of the cgroup
              7  make the process non-dumpable
              8  join namespaces: mount, cgroup, pid
              9  fork
             10  ask to die with the runtime
             11  start a session
             12  join session keyring _ses.web
             13  find the home of user 0 in /etc/passwd
             14  set RLIMIT_NOFILE: soft 1024, hard 1024
             15  set no_new_privs
             16  keep capabilities over the change of user
             17  set bounding set: CAP_KILL, CAP_NET_BIND_SERVICE, CAP_AUDIT_WRITE
             18  try directory /
             19  set additional groups: none
             20  set group 0
             21  set user 0
             22  set umask 0022
             23  set capabilities: CAP_KILL, CAP_NET_BIND_SERVICE, CAP_AUDIT_WRITE
             24  ask to die with the runtime
             25  enter directory /
             26  wait for the runtime to say that it is there
             27  find program sh in /usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin
             28  execute sh with 2 environment variables
            """);
  }

  @Test
  void waits_to_be_in_a_cgroup_that_it_cannot_join_by_itself() {
    Plan plan =
        Planner.exec(
            new ExecRequest(SPEC, Set.of(), Lifetime.DETACHED, Placement.BY_RUNTIME, null, HYBRID));
    assertThat(plan.descriptors())
        .containsExactly(new Descriptor.InitProcess(), new Descriptor.InitRoot());
    assertThat(Plans.steps(plan, "make the process", "start a session"))
        .containsExactly(
            "make the process non-dumpable",
            "wait to be in the cgroup",
            "run on all processors of the cgroup",
            "start a session");
  }

  @Test
  void opens_a_procfs_before_it_joins() {
    Set<NamespaceKind> namespaces = EnumSet.of(NamespaceKind.PID, NamespaceKind.MOUNT);
    Spec spec = SPEC.withProcess(SPEC.process().withOomScoreAdj(17));
    Plan plan =
        Planner.exec(
            new ExecRequest(
                spec, namespaces, Lifetime.DETACHED, Placement.AT_BIRTH, null, UNIFIED));
    assertThat(Plans.steps(plan, "set process", "join namespaces"))
        .containsExactly(
            "set process name berth:exec",
            "fork into the cgroup",
            "run on all processors of the cgroup",
            "open a procfs for itself (subset=pid)",
            "set oom_score_adj 17",
            "close that procfs",
            "make the process non-dumpable",
            "join namespaces: mount, pid");
  }

  @Test
  void changes_root_where_no_mount_namespace_is_joined() {
    Set<NamespaceKind> namespaces = EnumSet.of(NamespaceKind.PID);
    Plan plan =
        Planner.exec(
            new ExecRequest(
                SPEC, namespaces, Lifetime.DETACHED, Placement.AT_BIRTH, null, UNIFIED));
    assertThat(plan.descriptors())
        .startsWith(new Descriptor.InitProcess(), new Descriptor.InitRoot());
    assertThat(Plans.steps(plan, "join namespaces", "set RLIMIT"))
        .containsExactly(
            "join namespaces: pid",
            "fork",
            "start a session",
            "change root by chroot to root of the init process",
            "find the home of user 0 in /etc/passwd",
            "set RLIMIT_NOFILE: soft 1024, hard 1024");
  }

  @Test
  void becomes_root_of_a_user_namespace_that_it_joins() {
    Set<NamespaceKind> namespaces = EnumSet.of(NamespaceKind.USER, NamespaceKind.MOUNT);
    Plan plan =
        Planner.exec(
            new ExecRequest(
                SPEC, namespaces, Lifetime.DETACHED, Placement.AT_BIRTH, null, UNIFIED));
    assertThat(Plans.steps(plan, "join namespaces", "set RLIMIT_NOFILE"))
        .containsExactly(
            "join namespaces: mount, user",
            "start a session",
            "set group 0",
            "set user 0",
            "find the home of user 0 in /etc/passwd",
            "set RLIMIT_NOFILE: soft 1024, hard 1024");
  }

  @Test
  void joins_nothing_if_the_container_shares_all_namespaces_with_the_runtime() {
    Plan plan =
        Planner.exec(
            new ExecRequest(SPEC, Set.of(), Lifetime.DETACHED, Placement.AT_BIRTH, null, UNIFIED));
    assertThat(steps(plan)).noneMatch(step -> step.startsWith("join"));
  }

  @Test
  void waits_to_be_in_the_resctrl_group_of_the_container() {
    IntelRdt rdt = new IntelRdt("gold", List.of(), null, null, false, false, false);
    Set<NamespaceKind> namespaces = Set.of(NamespaceKind.PID);
    Spec spec = SPEC.withLinux(SPEC.linux().withIntelRdt(rdt));
    Plan plan =
        Planner.exec(
            new ExecRequest(
                spec, namespaces, Lifetime.DETACHED, Placement.AT_BIRTH, null, UNIFIED));
    assertThat(Plans.steps(plan))
        .containsSubsequence("fork", "wait to be in the resctrl group", "start a session");
  }
}
