package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.State;
import dev.berth.Status;
import dev.berth.core.text.HostPath;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What runc writes of the same states. */
class StateFormatsTest {
  private static final State RUNNING =
      new State(
          "1.3.0",
          "a1",
          Status.RUNNING,
          15935,
          Path.of("/tmp/cliw/b"),
          Path.of("/tmp/cliw/b/rootfs"),
          Instant.parse("2026-11-22T06:17:34.849158638Z"),
          "root",
          Map.of());

  private static final State STOPPED =
      new State(
          "1.3.0",
          "bb22",
          Status.STOPPED,
          0,
          Path.of("/b"),
          HostPath.of("/b/ü"),
          Instant.parse("2026-11-22T06:17:34.5Z"),
          "1000",
          Map.of("org.b", "\"2\"", "org.a", ""));

  @Test
  void a_state_has_a_line_for_each_field() {
    assertThat(StateJson.object(RUNNING))
        .isEqualTo(
            """
            {
              "ociVersion": "1.3.0",
              "id": "a1",
              "pid": 15935,
              "status": "running",
              "bundle": "/tmp/cliw/b",
              "rootfs": "/tmp/cliw/b/rootfs",
              "created": "2026-11-22T06:17:34.849158638Z",
              "owner": "root"
            }\
            """);
  }

  @Test
  void annotations_are_in_order_and_times_have_no_needless_digits() {
    assertThat(StateJson.object(STOPPED))
        .isEqualTo(
            """
            {
              "ociVersion": "1.3.0",
              "id": "bb22",
              "pid": 0,
              "status": "stopped",
              "bundle": "/b",
              "rootfs": "/b/ü",
              "created": "2026-11-22T06:17:34.5Z",
              "annotations": {
                "org.a": "",
                "org.b": "\\"2\\""
              },
              "owner": "1000"
            }\
            """);
  }

  @Test
  void an_array_is_on_one_line() {
    assertThat(StateJson.array(List.of(RUNNING, RUNNING)))
        .isEqualTo("[%1$s,%1$s]", StateJson.object(RUNNING).replaceAll("\\s", ""));
  }

  @Test
  void an_empty_array_is_null() {
    assertThat(StateJson.array(List.of())).isEqualTo("null");
  }

  @Test
  void a_table_has_columns_as_wide_as_they_must_be() {
    assertThat(ListCommand.table(List.of(RUNNING, STOPPED)))
        .hasToString(
            """
            ID          PID         STATUS      BUNDLE        CREATED                          OWNER
            a1          15935       running     /tmp/cliw/b   2026-11-22T06:17:34.849158638Z   root
            bb22        0           stopped     /b            2026-11-22T06:17:34.5Z           1000
            """);
  }

  @Test
  void an_empty_table_has_a_header() {
    assertThat(ListCommand.table(List.of()))
        .hasToString("ID          PID         STATUS      BUNDLE      CREATED     OWNER\n");
  }
}
