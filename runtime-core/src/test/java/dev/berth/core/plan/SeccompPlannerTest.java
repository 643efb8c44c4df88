package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.UNIFIED;
import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.process;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.stepsAbout;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Problem;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Action;
import dev.berth.spec.Seccomp.Flag;
import dev.berth.spec.Seccomp.Syscall;
import dev.berth.spec.Spec;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SeccompPlannerTest {
  private static final String FILTER = "load seccomp filter of 10 instructions";
  private static final String DEFAULT_FLAGS = " (SECCOMP_FILTER_FLAG_SPEC_ALLOW)";

  @Test
  void comes_last_of_all_before_the_program() {
    assertThat(tail(plan(spec(true, profile(Action.SCMP_ACT_ERRNO, null))), 3))
        .satisfiesExactly(
            step -> assertThat(step).isEqualTo("wait for the start"),
            step -> assertThat(step).startsWith(FILTER).endsWith(DEFAULT_FLAGS),
            step -> assertThat(step).startsWith("execute sh"));
  }

  @Test
  void comes_before_capabilities_are_given_up_where_it_takes_one() {
    List<String> steps =
        steps(
            plan(spec(false, profile(Action.SCMP_ACT_ERRNO, null))),
            "set RLIMIT",
            "keep capabilities");

    assertThat(steps)
        .satisfiesExactly(
            step -> assertThat(step).startsWith("set RLIMIT_NOFILE"),
            step -> assertThat(step).startsWith(FILTER),
            step -> assertThat(step).startsWith("keep capabilities"));
  }

  @Test
  void an_agent_gets_the_listener_before_the_container_is_created() {
    assertThat(tail(plan(spec(true, profile(Action.SCMP_ACT_NOTIFY, null))), 3))
        .satisfiesExactly(
            step ->
                assertThat(step)
                    .startsWith(FILTER)
                    .endsWith(DEFAULT_FLAGS + ", and wait for its listener to be handed over"),
            step -> assertThat(step).isEqualTo("wait for the start"),
            step -> assertThat(step).startsWith("execute sh"));
  }

  @Test
  void a_further_process_has_it_too() {
    Spec spec = spec(true, profile(Action.SCMP_ACT_ERRNO, null));
    Plan plan =
        Planner.exec(
            new ExecRequest(spec, Set.of(), Lifetime.DETACHED, Placement.AT_BIRTH, null, UNIFIED));

    assertThat(tail(plan, 2))
        .satisfiesExactly(
            step -> assertThat(step).startsWith(FILTER),
            step -> assertThat(step).startsWith("execute sh"));
  }

  @Test
  void no_flags_are_others_than_an_empty_list_of_them() {
    assertThat(loaded(List.of())).doesNotContain("(");
    assertThat(loaded(null)).endsWith(DEFAULT_FLAGS);
    assertThat(loaded(List.of(Flag.SECCOMP_FILTER_FLAG_LOG, Flag.SECCOMP_FILTER_FLAG_TSYNC)))
        .endsWith(" (SECCOMP_FILTER_FLAG_LOG)");
  }

  @Test
  void warns_of_calls_that_nobody_knows() {
    Seccomp profile =
        new Seccomp(
            Action.SCMP_ACT_ALLOW,
            null,
            List.of(),
            null,
            null,
            null,
            List.of(new Syscall(List.of("raed"), Action.SCMP_ACT_ERRNO, null, List.of())));

    assertThat(Planner.seccompWarnings(spec(true, profile), UNIFIED))
        .containsExactly(
            new Problem("linux.seccomp.syscalls[0].names[0]", "\"raed\" is unknown and left out"));
  }

  private static String loaded(@Nullable List<Flag> flags) {
    return stepsAbout(plan(spec(true, profile(Action.SCMP_ACT_ERRNO, flags))), "seccomp")
        .getFirst();
  }

  private static List<String> tail(Plan plan, int count) {
    List<String> steps = steps(plan);
    return steps.subList(steps.size() - count, steps.size());
  }

  private static Spec spec(boolean noNewPrivileges, Seccomp profile) {
    Spec spec = process(p -> p.withTerminal(false).withNoNewPrivileges(noNewPrivileges));
    return spec.withLinux(spec.linux().withSeccomp(profile));
  }

  private static Seccomp profile(Action action, @Nullable List<Flag> flags) {
    return new Seccomp(
        Action.SCMP_ACT_ALLOW,
        null,
        List.of(),
        flags,
        "/run/agent.sock",
        null,
        List.of(new Syscall(List.of("mkdir"), action, null, List.of())));
  }
}
