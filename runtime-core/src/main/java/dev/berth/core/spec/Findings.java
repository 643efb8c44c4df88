package dev.berth.core.spec;

import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import java.util.List;

/**
 * What checking a configuration found, all of it at once.
 *
 * @param problems what the specification or Linux does not allow: there can be no such container
 * @param warnings what is left out or taken differently, which does not stop the container
 */
public record Findings(List<Problem> problems, List<Problem> warnings) {
  /** Copies the lists. */
  public Findings {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /**
   * These findings, if there can be such a container at all.
   *
   * @param source what was read, for the message
   * @throws InvalidSpecException if there cannot, with every problem
   */
  public Findings requireValid(String source) {
    if (!problems.isEmpty()) {
      throw new InvalidSpecException(source, problems);
    }
    return this;
  }
}
