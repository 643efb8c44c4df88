package dev.berth.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The form of a line of the log: what logrus, a logging library of Go, writes. */
enum LogFormat {
  TEXT("time=\"%3$s\" level=%1$s msg=\"%2$s\"\n"),
  JSON("{\"level\":\"%1$s\",\"msg\":\"%2$s\",\"time\":\"%3$s\"}\n");

  private final String pattern;

  LogFormat(String pattern) {
    this.pattern = pattern;
  }

  /** One line, however many the message has. */
  String line(String level, String message, Instant time) {
    return pattern.formatted(
        level,
        new String(JsonStringEncoder.getInstance().quoteAsString(message)),
        time.truncatedTo(ChronoUnit.SECONDS));
  }
}
