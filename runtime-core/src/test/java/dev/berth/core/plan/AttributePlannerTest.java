package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.UNIFIED;
import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.process;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.stepsAbout;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.spec.SpecDefaults;
import dev.berth.spec.IoPriority;
import dev.berth.spec.MemoryPolicy;
import dev.berth.spec.Personality;
import dev.berth.spec.ProcessSpec.ExecCpuAffinity;
import dev.berth.spec.Scheduler;
import dev.berth.spec.Spec;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttributePlannerTest {
  private static final Scheduler BATCH =
      new Scheduler(
          Scheduler.Policy.SCHED_BATCH,
          -5,
          null,
          List.of(Scheduler.Flag.SCHED_FLAG_RESET_ON_FORK),
          null,
          null,
          null);

  @Test
  void schedules_in_the_cgroup_and_while_it_has_capabilities() {
    Spec spec =
        process(p ->
            p.withScheduler(BATCH)
                .withIoPriority(new IoPriority(IoPriority.IoClass.IOPRIO_CLASS_IDLE, 3)));
    Spec whole =
        spec.withLinux(
            spec.linux()
                .withPersonality(new Personality(Personality.Domain.LINUX32, List.of()))
                .withMemoryPolicy(
                    new MemoryPolicy(
                        MemoryPolicy.Mode.MPOL_BIND,
                        "0,1,4",
                        List.of(MemoryPolicy.Flag.MPOL_F_STATIC_NODES))));
    List<String> scheduling =
        List.of(
            "set scheduler SCHED_BATCH, nice -5, SCHED_FLAG_RESET_ON_FORK",
            "set I/O priority IOPRIO_CLASS_IDLE 3",
            "set personality LINUX32",
            "set memory policy MPOL_BIND, nodes 0-1,4, MPOL_F_STATIC_NODES");
    assertThat(Plans.steps(plan(whole), "set scheduler", "make the process non-dumpable"))
        .startsWith(scheduling.toArray(String[]::new))
        .hasSize(5);
    assertThat(steps(exec(whole, null))).containsAll(scheduling);
  }

  @Test
  void gives_a_deadline_in_unsigned_numbers() {
    Scheduler deadline =
        new Scheduler(Scheduler.Policy.SCHED_DEADLINE, null, null, List.of(), 1000L, 2000L, -1L);
    assertThat(stepsAbout(plan(process(p -> p.withScheduler(deadline))), "scheduler"))
        .containsExactly(
            "set scheduler SCHED_DEADLINE, runtime 1000, deadline 2000, period"
                + " 18446744073709551615");
  }

  @Test
  void labels_the_program_after_the_root_is_made_and_before_it_is_protected() {
    Spec spec = process(p -> p.withApparmorProfile("berth-default").withSelinuxLabel("a:b:c:s0"));
    assertThat(Plans.steps(plan(spec), "set hostname", "make /proc/bus"))
        .containsExactly(
            "set hostname runc",
            "set SELinux label of keys a:b:c:s0",
            "make session keyring _ses.web",
            "set AppArmor profile berth-default",
            "set SELinux label a:b:c:s0",
            "close that procfs",
            "make /proc/bus read-only");
  }

  /** Whoever is in the container must not get at the procfs. */
  @Test
  void labels_a_further_process_before_it_joins() {
    Spec spec = process(p -> p.withTerminal(false).withApparmorProfile("berth-default"));
    assertThat(Plans.steps(exec(spec, "_ses.web"), "set process", "find the home"))
        .containsExactly(
            "set process name berth:exec",
            "fork into the cgroup",
            "run on all processors of the cgroup",
            "open a procfs for itself (subset=pid)",
            "set AppArmor profile berth-default",
            "close that procfs",
            "make the process non-dumpable",
            "join namespaces: mount, pid",
            "fork",
            "start a session",
            "join session keyring _ses.web",
            "find the home of user 0 in /etc/passwd");
  }

  @Test
  void leaves_the_keyring_as_it_is_if_told_so() {
    InitRequest with = Plans.request(SpecDefaults.spec(), UNIFIED, Lifetime.DETACHED);
    Plan plan =
        Planner.create(
            new InitRequest(
                with.id(),
                with.spec(),
                with.bundle(),
                with.rootfs(),
                with.lifetime(),
                with.joined(),
                with.rootChange(),
                with.placement(),
                null,
                with.host()));
    assertThat(stepsAbout(plan, "keyring")).isEmpty();
    assertThat(stepsAbout(exec(SpecDefaults.spec(), null), "keyring")).isEmpty();
  }

  @Test
  void binds_a_further_process_to_processors_before_and_after_the_cgroup() {
    Spec both = process(p -> p.withExecCPUAffinity(new ExecCpuAffinity("0", "2-3")));
    assertThat(Plans.steps(exec(both, null), "set process", "make the process"))
        .containsExactly(
            "set process name berth:exec",
            "run on processors 0",
            "fork into the cgroup",
            "run on processors 2-3",
            "make the process non-dumpable");
    Spec initial = process(p -> p.withExecCPUAffinity(new ExecCpuAffinity("0", null)));
    assertThat(stepsAbout(exec(initial, null), "processors"))
        .containsExactly("run on processors 0", "run on all processors of the cgroup");
    assertThat(stepsAbout(plan(both), "processors"))
        .containsExactly("run on all processors of the cgroup");
  }

  @Test
  void finds_a_home_only_where_none_is_given() {
    assertThat(stepsAbout(plan(SpecDefaults.spec()), "/etc/passwd"))
        .containsExactly("find the home of user 0 in /etc/passwd");
    assertThat(stepsAbout(plan(process(p -> p.withEnv(List.of("HOME=/h")))), "/etc/passwd"))
        .isEmpty();
    assertThat(
            stepsAbout(plan(process(p -> p.withEnv(List.of("HOME=/h", "HOME=")))), "/etc/passwd"))
        .hasSize(1);
    assertThat(stepsAbout(plan(process(p -> p.withEnv(List.of("HOMES=/h")))), "/etc/passwd"))
        .hasSize(1);
  }

  private static Plan exec(Spec spec, @Nullable String keyring) {
    Set<NamespaceKind> namespaces = EnumSet.of(NamespaceKind.PID, NamespaceKind.MOUNT);
    return Planner.exec(
        new ExecRequest(spec, namespaces, Lifetime.DETACHED, Placement.AT_BIRTH, keyring, UNIFIED));
  }
}
