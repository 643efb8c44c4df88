package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class LogFormatTest {
  private static final Instant TIME = Instant.parse("2026-11-22T06:17:35.123456789Z");

  @Test
  void json_is_one_line_however_many_the_message_has() {
    assertThat(LogFormat.JSON.line("error", "config.json: 2 problems\n    \"a\"\u0007", TIME))
        .isEqualTo(
            "{\"level\":\"error\",\"msg\":\"config.json: 2 problems\\n    \\\"a\\\"\\u0007\","
                + "\"time\":\"2026-11-22T06:17:35Z\"}\n");
  }

  @Test
  void text_is_what_logrus_writes() {
    assertThat(LogFormat.TEXT.line("warning", "unknown \"FOO\" 100 %s", TIME))
        .isEqualTo(
            "time=\"2026-11-22T06:17:35Z\" level=warning msg=\"unknown \\\"FOO\\\" 100 %s\"\n");
  }
}
