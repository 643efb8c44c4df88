package dev.berth.core.spec;

import dev.berth.Problem;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came of reading a file: what it says, or, with {@code value} null, why that cannot be known.
 *
 * @param <T> what the file describes
 */
public record Reading<T extends Record>(@Nullable T value, List<Problem> problems) {
  /** Copies the list. */
  public Reading {
    problems = List.copyOf(problems);
  }

  /**
   * What the file says; if that cannot be known, throws what {@code exception} makes of all
   * problems.
   */
  public <X extends Throwable> T orThrow(Function<List<Problem>, X> exception) throws X {
    if (value == null) {
      throw exception.apply(problems);
    }
    return value;
  }
}
