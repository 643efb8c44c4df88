package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is changed about a container while it runs. */
class LivingContainerIT {
  private static final Outcome DONE = new Outcome(0, "", "");

  @RegisterExtension final Installation berth = new Installation();

  private static Outcome failed(int status, String message) {
    return new Outcome(status, "", message + "\n");
  }

  @Test
  void pauses_and_resumes() throws Exception {
    String id = berth.sleeping("a");
    assertThat(berth.berth("resume", id))
        .isEqualTo(
            failed(
                1,
                "container \"%s\": cannot resume: container not paused; it is running"
                    .formatted(id)));
    assertThat(berth.berth("pause", id)).isEqualTo(DONE);
    assertThat(berth.berth("state", id).out()).contains("\"status\": \"paused\"");
    assertThat(berth.berth("list").out()).containsPattern("(?m)^%s +\\d+ +paused ".formatted(id));
    assertThat(berth.berth("exec", id, "true"))
        .isEqualTo(
            failed(
                255,
                "container \"%s\": cannot exec in a paused container; resume it first, or wait for"
                        .formatted(id)
                    + " that (--ignore-paused)"));
    assertThat(berth.berth("pause", id))
        .isEqualTo(
            failed(
                1,
                "container \"%s\": cannot pause: container not running; it is paused already"
                    .formatted(id)));
    assertThat(berth.berth("resume", id)).isEqualTo(DONE);
    assertThat(berth.berth("exec", id, "echo", "resumed").out()).isEqualTo("resumed\n");
    assertThat(berth.berth("pause", id)).isEqualTo(DONE);
    assertThat(berth.berth("kill", id, "9")).isEqualTo(DONE);
    berth.awaitStatus(id, "stopped");
    assertThat(berth.berth("delete", id)).isEqualTo(DONE);
    assertThat(berth.berth("pause", id))
        .isEqualTo(failed(1, "container \"%s\": does not exist".formatted(id)));
  }
}
