package dev.berth;

import dev.berth.spi.Printable;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is wrong with a configuration. Both texts are printable, on one line, and bounded, whatever
 * the configuration has in it: longer ones are shortened in the middle.
 *
 * @param path where: a JSON path such as {@code linux.namespaces[2].path} or {@code
 *     annotations["a.b"]}; empty for the whole file
 * @param message what is wrong there
 */
public record Problem(String path, String message) implements Serializable {

  /** Makes both texts printable. */
  public Problem {
    path = Printable.message(path);
    message = Printable.message(message);
  }

  /** The path and the message, as users read it: {@code process.args: empty}. */
  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }

  /**
   * All problems as one message: one on a line with its source, several on a line each.
   *
   * @param source what was read, such as {@code config.json}
   */
  public static String describe(String source, List<Problem> problems) {
    if (problems.size() == 1) {
      return Printable.message(source) + ": " + problems.getFirst();
    }
    return problems.stream()
        .map(problem -> "\n    " + problem)
        .collect(
            Collectors.joining(
                "", Printable.message(source) + ": " + problems.size() + " problems", ""));
  }
}
