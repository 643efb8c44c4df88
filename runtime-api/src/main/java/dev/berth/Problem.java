package dev.berth;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something wrong in a configuration.
 *
 * @param path where, as a JSON path such as {@code process.args[0]}; empty for the whole
 * @param text what is wrong, and what would be right
 */
public record Problem(String path, String text) {

  /** {@code path: text}. */
  @Override
  public String toString() {
    return path.isEmpty() ? text : path + ": " + text;
  }

  /** One problem on a line with its source; several on a line each. */
  static String message(String source, List<Problem> problems) {
    if (problems.size() == 1) {
      return source + ": " + problems.getFirst();
    }
    return problems.stream()
        .map(problem -> "\n    " + problem)
        .collect(Collectors.joining("", "%s: %d problems".formatted(source, problems.size()), ""));
  }
}
