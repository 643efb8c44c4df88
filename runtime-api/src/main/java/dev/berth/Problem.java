package dev.berth;

import java.util.Objects;

/**
 * What is wrong with a configuration.
 *
 * @param path where: a JSON path such as {@code linux.namespaces[2].path} or {@code
 *     annotations["a.b"]}; empty for the whole file
 * @param message what is wrong there
 */
public record Problem(String path, String message) {
  /** Takes both as they are. */
  public Problem {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(message, "message");
  }

  /** The path and the message, as users read it: {@code process.args: empty}. */
  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
