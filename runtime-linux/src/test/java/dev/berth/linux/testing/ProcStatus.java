package dev.berth.linux.testing;

import java.util.Map;
import java.util.stream.Collectors;

/** A {@code /proc/PID/status}; proc_pid_status(5). */
public record ProcStatus(Map<String, String> fields) {

  /** From the text of the file. */
  public static ProcStatus parse(String text) {
    return new ProcStatus(
        text.lines()
            .map(line -> line.split(":", 2))
            .collect(Collectors.toMap(field -> field[0], field -> field[1].strip())));
  }

  /** What is after the colon. */
  public String field(String name) {
    return fields.get(name);
  }

  /** A field of hexadecimal bits. */
  public long bits(String name) {
    return Long.parseUnsignedLong(field(name), 16);
  }
}
