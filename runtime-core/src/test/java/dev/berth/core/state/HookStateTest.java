package dev.berth.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Status;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HookStateTest {
  private static final HookState STATE =
      new HookState(
          "1.3.0", "web", Path.of("/srv/\"web\""), Map.of("org.example.b", "", "a", "x\ny"));

  @Test
  void has_the_properties_of_the_specification() {
    assertThat(STATE.withPid(Status.CREATING, 4711))
        .isEqualTo(
            new HookState.Text(
                """
                {"ociVersion":"1.3.0","id":"web","status":"creating","bundle":"/srv/\\"web\\"",\
                "annotations":{"a":"x\\ny","org.example.b":""},"pid":4711}\
                """,
                ""));
  }

  @Test
  void has_no_pid_where_there_is_no_process() {
    HookState plain = new HookState("1.3.0", "web", Path.of("/b"), Map.of());
    assertThat(plain.withPid(Status.STOPPED, 0).before())
        .isEqualTo(
            "{\"ociVersion\":\"1.3.0\",\"id\":\"web\",\"status\":\"stopped\",\"bundle\":\"/b\"}");
  }

  @Test
  void leaves_a_gap_for_a_pid_that_only_the_container_knows() {
    HookState.Text text = STATE.withOwnPid(Status.CREATED);
    assertThat(text.before() + 1 + text.after())
        .isEqualTo(STATE.withPid(Status.CREATED, 1).before());
    assertThat(text.before()).endsWith(",\"pid\":");
    assertThat(text.after()).isEqualTo("}");
  }
}
