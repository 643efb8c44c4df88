package dev.berth.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The output of ps(1), which knows nothing of containers. */
final class PsTable {
  private PsTable() {}

  /**
   * The header, and the lines of these processes.
   *
   * @throws IllegalArgumentException if there is no column {@code PID}
   */
  static List<String> filter(List<String> lines, Set<Long> pids) {
    List<String> header = lines.isEmpty() ? List.of() : fields(lines.getFirst());
    int column = header.indexOf("PID");
    if (column < 0) {
      throw new IllegalArgumentException("ps: no column \"PID\" in its output");
    }
    List<String> result = new ArrayList<>(List.of(lines.getFirst()));
    for (String line : lines.subList(1, lines.size())) {
      List<String> fields = fields(line);
      if (fields.size() > column && pids.contains(pid(fields.get(column)))) {
        result.add(line);
      }
    }
    return result;
  }

  private static List<String> fields(String line) {
    return List.of(line.strip().split("\\s+"));
  }

  private static long pid(String field) {
    try {
      return Long.parseLong(field);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("ps: \"%s\" is not a process id".formatted(field), e);
    }
  }
}
