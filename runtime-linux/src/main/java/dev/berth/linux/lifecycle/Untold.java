package dev.berth.linux.lifecycle;

import dev.berth.Problem;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Warnings that do not change from one process to the next: a program that makes a thousand
 * containers of one configuration is told once.
 */
final class Untold {
  /** Bounded, since anybody may have written the configurations. */
  private static final int REMEMBERED = 64;

  private static final Set<Problem> TOLD =
      Collections.synchronizedSet(Collections.newSetFromMap(new Remembered()));

  private Untold() {}

  /** Those of {@code warnings} that this method has not returned before, or not lately. */
  static List<Problem> of(List<Problem> warnings) {
    return warnings.stream().filter(TOLD::add).toList();
  }

  private static final class Remembered extends LinkedHashMap<Problem, Boolean> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Problem, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  }
}
