package dev.berth.core.spec;

import dev.berth.Problem;
import java.util.ArrayList;
import java.util.List;

/** Where the checks write down what they find. */
final class Report {
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  void problem(String path, String message) {
    problems.add(new Problem(path, message));
  }

  void warning(String path, String message) {
    warnings.add(new Problem(path, message));
  }

  /** A path that the specification has absolute. */
  void requireAbsolute(String path, String file) {
    if (!file.startsWith("/")) {
      problem(path, "\"%s\" is not absolute".formatted(file));
    }
  }

  void requireWithin(String path, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      problem(path, "%d is not within %d to %d".formatted(value, least, greatest));
    }
  }

  Findings findings() {
    return new Findings(problems, warnings);
  }
}
