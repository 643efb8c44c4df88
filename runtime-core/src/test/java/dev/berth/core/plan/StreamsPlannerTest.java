package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.UNIFIED;
import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.process;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.stepsAbout;
import static dev.berth.core.plan.Plans.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.spec.SpecDefaults;
import dev.berth.spec.Namespace;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.ProcessSpec.ConsoleSize;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamsPlannerTest {
  private static final ProcessSpec PROCESS = SpecDefaults.spec().process();
  private static final User USER = new User(1000, 1000, null, null);

  @Test
  void makes_a_terminal_of_the_containers_devpts_and_binds_it_on_the_console() {
    Spec spec = process(p -> p.withUser(USER).withConsoleSize(new ConsoleSize(25, 80)));
    assertThat(steps(plan(spec), "change root", "make / read-only"))
        .containsExactly(
            "change root",
            "make a terminal",
            "set terminal size: 80 columns, 25 rows",
            "hand over the terminal",
            "open the terminal",
            "mount the terminal at /dev/console",
            "take the terminal, as user 1000",
            "make / read-only");
  }

  @Test
  void leaves_the_size_to_the_kernel_unless_it_is_given() {
    assertThat(stepsAbout(plan(SpecDefaults.spec()), "terminal"))
        .containsExactly(
            "make a terminal",
            "hand over the terminal",
            "open the terminal",
            "mount the terminal at /dev/console",
            "take the terminal, as user 0");
  }

  @Test
  void ignores_the_size_of_a_terminal_that_there_is_not() {
    Spec spec = process(p -> p.withTerminal(false).withConsoleSize(new ConsoleSize(25, 80)));
    assertThat(stepsAbout(plan(spec), "terminal")).isEmpty();
  }

  @Test
  void mounts_no_console_where_that_would_be_the_hosts() {
    assertThat(stepsAbout(plan(without(Namespace.Type.MOUNT, SpecDefaults.spec())), "terminal"))
        .containsExactly(
            "make a terminal", "hand over the terminal", "take the terminal, as user 0");
  }

  @Test
  void makes_the_terminal_of_a_further_process_where_it_has_joined() {
    assertThat(steps(exec(PROCESS), "join namespaces", "set RLIMIT_NOFILE"))
        .containsExactly(
            "join namespaces: mount",
            "start a session",
            "open the container's root",
            "make a terminal",
            "hand over the terminal",
            "take the terminal, as user 0",
            "find the home of user 0 in /etc/passwd",
            "set RLIMIT_NOFILE: soft 1024, hard 1024");
  }

  @Test
  void gives_pipes_to_a_user_who_does_not_have_them_yet() {
    Spec withoutTerminal = process(p -> p.withTerminal(false));
    Spec other = process(p -> p.withTerminal(false).withUser(USER));
    assertThat(stepsAbout(plan(withoutTerminal), "streams")).isEmpty();
    assertThat(stepsAbout(plan(other), "streams"))
        .containsExactly("give the standard streams to user 1000");
    assertThat(stepsAbout(exec(PROCESS.withTerminal(false).withUser(USER)), "streams"))
        .containsExactly("give the standard streams to user 1000");
  }

  private static Plan exec(ProcessSpec process) {
    return Planner.exec(
        new ExecRequest(
            SpecDefaults.spec().withProcess(process),
            Set.of(NamespaceKind.MOUNT),
            Lifetime.DETACHED,
            Placement.AT_BIRTH,
            null,
            UNIFIED));
  }
}
