package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PsFormatsTest {
  private static final List<String> PS =
      List.of(
          "UID        PID  PPID  C STIME TTY          TIME CMD",
          "root         1     0  0 06:17 ?        00:00:00 init",
          "root     15935     1  0 06:17 ?        00:00:00 sleep 100",
          "root     15936     1  0 06:17 ?        00:00:00 sleep 15935");

  @Test
  void keeps_the_header_and_the_lines_of_the_processes() {
    assertThat(PsTable.filter(PS, Set.of(15936L, 4L))).containsExactly(PS.get(0), PS.get(3));
  }

  @Test
  void finds_the_column_wherever_it_is() {
    assertThat(PsTable.filter(List.of("  PID CMD", "    1 a", "    2 b"), Set.of(2L)))
        .containsExactly("  PID CMD", "    2 b");
  }

  @Test
  void needs_a_column_with_the_ids() {
    assertThatThrownBy(() -> PsTable.filter(List.of("CMD", "sleep"), Set.of(2L)))
        .hasMessage("ps: no column \"PID\" in its output");
    assertThatThrownBy(() -> PsTable.filter(List.of(), Set.of(2L)))
        .hasMessage("ps: no column \"PID\" in its output");
  }

  @Test
  void ids_are_an_array_or_null() {
    assertThat(PsCommand.json(List.of(22243L, 22337L))).isEqualTo("[22243,22337]");
    assertThat(PsCommand.json(List.of())).isEqualTo("null");
  }
}
