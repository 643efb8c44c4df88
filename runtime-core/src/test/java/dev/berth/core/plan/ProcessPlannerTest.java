package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.UNIFIED;
import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.process;
import static dev.berth.core.plan.Plans.request;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.stepsAbout;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Problem;
import dev.berth.core.spec.Capability;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.spec.Capabilities;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Rlimit;
import dev.berth.spec.User;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessPlannerTest {
  @Test
  void becomes_the_user_with_its_groups_and_umask_in_the_kernels_order() {
    Plan plan = plan(process(p -> p.withUser(new User(101, 201, 0077L, List.of(10L, 20L)))));
    assertThat(Plans.steps(plan, "set no_new_privs", "set umask 0077"))
        .containsExactly(
            "set no_new_privs",
            "keep capabilities over the change of user",
            "set bounding set: CAP_KILL, CAP_NET_BIND_SERVICE, CAP_AUDIT_WRITE",
            "try directory /",
            "set additional groups: 10, 20",
            "set group 201",
            "set user 101",
            "set umask 0077");
  }

  @Test
  void gives_up_the_runtimes_groups() {
    assertThat(stepsAbout(plan(SpecDefaults.spec()), "additional groups"))
        .containsExactly("set additional groups: none");
  }

  @Test
  void keeps_the_groups_where_they_cannot_be_chosen() {
    HostView host =
        Plans.host(Capability.ALL, HostView.Groups.INHERITED, HostView.Nodes.MADE, 4096);
    assertThat(stepsAbout(plan(SpecDefaults.spec().withMounts(List.of()), host), "groups"))
        .isEmpty();
  }

  @Test
  void has_umask_022_unless_configured_and_never_the_runtimes() {
    assertThat(stepsAbout(plan(SpecDefaults.spec()), "umask")).containsExactly("set umask 0022");
  }

  @Test
  void leaves_capabilities_out_that_the_runtime_does_not_have() {
    Capabilities all = sets(List.of("CAP_KILL", "CAP_SYS_TIME", "CAP_NEWER_THAN_THIS"));
    HostView host =
        Plans.host(Capability.CAP_KILL.bit(), HostView.Groups.CHOSEN, HostView.Nodes.MADE, 4096);
    assertThat(stepsAbout(plan(process(p -> p.withCapabilities(all)), host), "CAP_"))
        .containsExactly(
            "set bounding set: CAP_KILL",
            "set capabilities: CAP_KILL; inheritable: CAP_KILL; ambient: CAP_KILL");
  }

  @Test
  void raises_no_ambient_capability_that_is_not_inheritable() {
    Capabilities sets =
        new Capabilities(
            List.of("CAP_KILL"), List.of(), List.of(), List.of("CAP_KILL"), List.of("CAP_KILL"));
    assertThat(stepsAbout(plan(process(p -> p.withCapabilities(sets))), "set capabilities"))
        .containsExactly("set capabilities: none; permitted: CAP_KILL");
  }

  @Test
  void warns_about_capabilities_that_the_runtime_does_not_have() {
    HostView host =
        Plans.host(Capability.CAP_KILL.bit(), HostView.Groups.CHOSEN, HostView.Nodes.MADE, 4096);
    Capabilities asked =
        new Capabilities(
            List.of("CAP_KILL", "CAP_SYS_TIME"),
            List.of("CAP_SYS_TIME"),
            List.of("CAP_SYS_TIME", "CAP_NET_RAW"),
            List.of("CAP_X", "CAP_SYS_TIME"),
            List.of("CAP_SYS_TIME"));
    assertThat(warnings(asked, host))
        .containsExactly(
            "process.capabilities: CAP_NET_RAW, CAP_SYS_TIME: left out, since the runtime does not"
                + " have them itself");
  }

  @Test
  void warns_about_capabilities_that_have_no_effect_without_another_set() {
    List<String> kill = List.of("CAP_KILL");
    List<String> none = List.of();
    HostView host = Plans.host(Capability.ALL, HostView.Groups.CHOSEN, HostView.Nodes.MADE, 4096);
    String ambient =
        "process.capabilities.ambient: CAP_KILL: left out, since an ambient capability must be"
            + " permitted and inheritable, too";
    assertThat(warnings(new Capabilities(kill, kill, kill, kill, kill), host)).isEmpty();
    assertThat(warnings(new Capabilities(kill, kill, none, kill, kill), host))
        .containsExactly(ambient);
    assertThat(warnings(new Capabilities(kill, none, kill, none, kill), host))
        .containsExactly(ambient);
    assertThat(warnings(new Capabilities(none, kill, kill, none, none), host))
        .containsExactly(
            "process.capabilities.effective: CAP_KILL: left out, since"
                + " process.capabilities.permitted does not have them",
            "process.capabilities.inheritable: CAP_KILL: left out, since"
                + " process.capabilities.bounding does not have them");
  }

  private static List<String> warnings(Capabilities asked, HostView host) {
    ProcessSpec process = SpecDefaults.spec().process().withCapabilities(asked);
    return Planner.capabilityWarnings(process, host).stream().map(Problem::toString).toList();
  }

  @Test
  void drops_all_capabilities_if_none_are_configured() {
    assertThat(steps(plan(process(p -> p.withCapabilities(Capabilities.NONE)))))
        .contains("set bounding set: none", "set capabilities: none");
  }

  @Test
  void undoes_what_a_jvm_does_to_the_number_of_open_files() {
    assertThat(stepsAbout(plan(process(p -> p.withRlimits(List.of()))), "RLIMIT"))
        .containsExactly("set RLIMIT_NOFILE: soft 1024, hard 524288");
  }

  @Test
  void does_not_raise_a_small_hard_limit_of_open_files() {
    HostView host = Plans.host(0, HostView.Groups.CHOSEN, HostView.Nodes.MADE, 512);
    assertThat(stepsAbout(plan(process(p -> p.withRlimits(List.of())), host), "RLIMIT"))
        .containsExactly("set RLIMIT_NOFILE: soft 512, hard 512");
  }

  @Test
  void sets_configured_limits_while_they_can_still_be_raised() {
    List<Rlimit> limits =
        List.of(
            new Rlimit(Rlimit.Type.RLIMIT_CORE, 0, 0),
            new Rlimit(Rlimit.Type.RLIMIT_NOFILE, Rlimit.INFINITY, 4096));
    assertThat(steps(plan(process(p -> p.withRlimits(limits)))))
        .containsSubsequence(
            "set RLIMIT_CORE: soft 0, hard 0",
            "set RLIMIT_NOFILE: soft 4096, hard unlimited",
            "set bounding set: CAP_KILL, CAP_NET_BIND_SERVICE, CAP_AUDIT_WRITE",
            "set user 0");
  }

  @Test
  void dies_with_the_runtime_only_if_attached() {
    Plan attached = Planner.create(request(SpecDefaults.spec(), UNIFIED, Lifetime.ATTACHED));
    assertThat(steps(attached)).containsSubsequence("set user 0", "ask to die with the runtime");
    assertThat(stepsAbout(plan(SpecDefaults.spec()), "die")).isEmpty();
  }

  @Test
  void allows_new_privileges_unless_configured_otherwise() {
    assertThat(steps(plan(process(p -> p.withNoNewPrivileges(false)))))
        .doesNotContain("set no_new_privs");
  }

  private static Capabilities sets(List<String> names) {
    return new Capabilities(names, names, names, names, names);
  }
}
