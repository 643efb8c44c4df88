package dev.berth.core.spec;

import dev.berth.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the problems of one configuration: the first hundred, and how many more there are. A
 * file of a few megabytes can have millions.
 */
public final class Problems {
  private static final int MAX = 100;

  private final List<Problem> first = new ArrayList<>();
  private int count;

  /** For one configuration. */
  public Problems() {}

  /** Adds a problem at a JSON path. */
  public void add(String path, String message) {
    count++;
    if (count <= MAX) {
      first.add(new Problem(path, message));
    }
  }

  void add(JsonPath path, String message) {
    // The text of a path costs time and memory that grow with its depth and its keys.
    add(count < MAX ? path.toString() : "", message);
  }

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** The first hundred, and, if there are more, a last problem that says how many. */
  public List<Problem> list() {
    List<Problem> list = new ArrayList<>(first);
    if (count > MAX) {
      list.add(new Problem("", (count - MAX) + " more problems"));
    }
    return List.copyOf(list);
  }
}
