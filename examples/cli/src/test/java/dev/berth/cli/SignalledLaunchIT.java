package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGTERM ends a command that is just making a container, with all that it has made. */
class SignalledLaunchIT {
  private static final int SECONDS = 20;

  @RegisterExtension final Installation berth = new Installation();

  @ParameterizedTest
  @ValueSource(strings = {"create", "run", "run --detach"})
  @Timeout(120)
  void a_launch_that_waits_for_a_hook_ends_with_the_signal(String verb) throws Exception {
    Path begun = berth.file("begun");
    List<String> arguments = List.of("sh", "-c", "echo x >" + begun + "; exec sleep 1000");
    Hook sleeps = new Hook("/bin/sh", arguments, List.of(), null);
    List<Hook> none = List.of();
    berth.command("true");
    berth.change(spec -> spec.withHooks(new Hooks(none, List.of(sleeps), none, none, none, none)));
    List<String> command = new ArrayList<>(List.of(verb.split(" ")));
    command.add(berth.id("a"));
    Process launch =
        berth.start(berth.file("out"), berth.file("err"), command.toArray(String[]::new));
    Installation.awaitContent(begun, "x\n");
    launch.destroy();
    assertThat(launch.waitFor(SECONDS, TimeUnit.SECONDS)).as("it has ended").isTrue();
    assertThat(launch.exitValue()).isNotZero();
    Outcome state = berth.berth("state", berth.id("a"));
    assertThat(state.err()).contains("does not exist");
  }
}
