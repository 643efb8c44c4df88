package dev.berth;

import java.util.List;

/** A configuration that cannot be used; {@link #problems()} has what is wrong with it. */
public final class InvalidSpecException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Problem[] problems;

  /**
   * @param source what was read, such as {@code config.json}
   */
  public InvalidSpecException(String source, List<Problem> problems) {
    super(Problem.describe(source, problems));
    this.problems = problems.toArray(Problem[]::new);
  }

  /** The problems, with their places: the first hundred, and then how many more there are. */
  public List<Problem> problems() {
    return List.of(problems);
  }
}
