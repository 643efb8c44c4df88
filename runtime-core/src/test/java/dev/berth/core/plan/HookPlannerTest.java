package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.stepsAbout;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Status;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.state.HookState;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import dev.berth.spec.Spec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HookPlannerTest {
  private static final Hook A = new Hook("/a", List.of(), List.of(), null);
  private static final Hook B = new Hook("/b", List.of("b", "-x"), List.of("B=1", "B=2"), 5);
  private static final HookState STATE =
      new HookState("1.3.0", "web", Path.of("/srv/web"), Map.of());

  @Test
  void runs_the_hooks_of_the_container_around_its_start_and_its_change_of_root() {
    Hooks hooks =
        new Hooks(List.of(A), List.of(A), List.of(A, B), List.of(B, A), List.of(), List.of());
    assertThat(steps(plan(with(hooks)), "wait for the hooks", "change root"))
        .containsExactly(
            "wait for the hooks prestart and createRuntime",
            "try directory /srv/web",
            "enter directory /",
            "set umask 0022",
            "run hooks.createContainer[0] (/a)",
            "run hooks.createContainer[1] (/b)",
            "set umask 0000",
            "change root");
    assertThat(steps(plan(with(hooks)), "wait for the start", "execute"))
        .containsExactly(
            "wait for the start",
            "run hooks.startContainer[0] (/b)",
            "run hooks.startContainer[1] (/a)",
            "execute sh with 2 environment variables");
  }

  @Test
  void tells_the_runtime_of_the_first_hook_of_a_creation_whichever_it_is() {
    for (HookKind kind :
        List.of(HookKind.PRESTART, HookKind.CREATE_RUNTIME, HookKind.CREATE_CONTAINER)) {
      assertThat(stepsAbout(plan(with(only(kind))), "wait for the hooks"))
          .as("%s", kind)
          .hasSize(1);
    }
    for (HookKind kind : List.of(HookKind.START_CONTAINER, HookKind.POSTSTART, HookKind.POSTSTOP)) {
      assertThat(stepsAbout(plan(with(only(kind))), "wait for the hooks")).as("%s", kind).isEmpty();
    }
  }

  @Test
  void plans_nothing_for_those_that_run_elsewhere() {
    Hooks hooks = new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(A), List.of(B));
    assertThat(plan(with(hooks))).isEqualTo(plan(SpecDefaults.spec()));
  }

  @Test
  void plans_a_hook_in_the_runtimes_namespaces() {
    Plan plan = Planner.hook(new HookRequest(HookKind.PRESTART, 1, B, STATE, 42, -1));
    assertThat(plan)
        .hasToString(
            """
            new namespaces: none
            receives: none
              0  reset the signals
              1  set process name berth:hook
              2  ask to die with the runtime
              3  try directory /srv/web
              4  enter directory /
              5  set umask 0022
              6  run hooks.prestart[1] (/b)
              7  end
            """);
    assertThat(hook(plan).openFiles()).isEqualTo(1024);
    assertThat(hook(plan).hook()).isEqualTo(new Hook("/b", List.of("b", "-x"), List.of("B=2"), 5));
    assertThat(hook(plan).state()).isEqualTo(STATE.withPid(Status.CREATING, 42));
  }

  @Test
  void an_argument_less_hook_has_its_path_for_a_name() {
    Plan plan = Planner.hook(new HookRequest(HookKind.POSTSTOP, 0, A, STATE, 0, 1024));
    assertThat(hook(plan).hook()).isEqualTo(new Hook("/a", List.of("/a"), List.of(), null));
  }

  private static Step.RunHook hook(Plan plan) {
    return plan.steps().stream()
        .filter(Step.RunHook.class::isInstance)
        .map(Step.RunHook.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Hooks only(HookKind kind) {
    List<List<Hook>> lists =
        Stream.of(HookKind.values())
            .map(each -> each == kind ? List.of(A) : List.<Hook>of())
            .toList();
    return new Hooks(
        lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5));
  }

  private static Spec with(Hooks hooks) {
    return SpecDefaults.spec().withHooks(hooks);
  }
}
