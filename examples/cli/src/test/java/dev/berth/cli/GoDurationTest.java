package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "5s, 5000",
    "500ms, 500",
    "1m, 60000",
    "1m30s, 90000",
    "1.5h, 5400000",
    ".5s, 500",
    "1.s, 1000",
    "+2s, 2000",
    "-1s, -1000",
    "0, 0",
    "0s, 0",
    "2000us, 2",
    "3000000ns, 3"
  })
  void reads_durations(String text, long millis) {
    assertThat(new GoDuration().convert(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "5 s", "5sec", "1d", "1s-", "--1s", "1,5s", "0x1s"})
  void refuses_what_is_none(String text) {
    assertThatThrownBy(() -> new GoDuration().convert(text))
        .hasMessage("\"%s\" is not a duration, such as 5s, 500ms or 1m30s", text);
  }

  @Test
  void refuses_what_no_timer_takes() {
    assertThatThrownBy(() -> new GoDuration().convert("9999999h"))
        .hasMessage("\"9999999h\" is longer than 292 years");
  }
}
