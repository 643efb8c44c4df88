package dev.berth;

import java.util.List;

/** A configuration that cannot be used; {@link #problems()} has all that is wrong with it. */
public final class InvalidSpecException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient List<Problem> problems;

  /**
   * @param source what was read, such as {@code config.json}
   */
  public InvalidSpecException(String source, List<Problem> problems) {
    super(Problem.describe(source, problems));
    this.problems = List.copyOf(problems);
  }

  /** Every problem, with its place. */
  public List<Problem> problems() {
    return problems;
  }
}
