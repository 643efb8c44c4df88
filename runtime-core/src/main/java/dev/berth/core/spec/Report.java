package dev.berth.core.spec;

/** Where the checks write down what they find. */
final class Report {
  private final Problems problems = new Problems();
  private final Problems warnings = new Problems();

  void problem(String path, String message) {
    problems.add(path, message);
  }

  void warning(String path, String message) {
    warnings.add(path, message);
  }

  /** A path that the specification has absolute. */
  void requireAbsolute(String path, String file) {
    if (!file.startsWith("/")) {
      problem(path, "\"%s\" is not absolute".formatted(file));
    }
  }

  void requireWithin(String path, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      problem(path, "%s is not within %s to %s".formatted(value, least, greatest));
    }
  }

  Findings findings() {
    return new Findings(problems.list(), warnings.list());
  }
}
