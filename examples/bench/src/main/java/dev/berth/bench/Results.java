package dev.berth.bench;

import dev.berth.bench.Subject.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** What was measured, and how it compares. */
final class Results {
  private final List<Row> rows = new ArrayList<>();

  /** The rounds of one subject. */
  record Row(Task task, String name, Series series) {}

  /**
   * What the project promises itself.
   *
   * @param text what is compared
   * @param bound what the ratio should be
   * @param atMost whether it should be that at the most, or at the least
   * @param ratio of the medians
   */
  record Target(String text, double bound, boolean atMost, double ratio) {
    boolean met() {
      return atMost ? ratio <= bound : ratio >= bound;
    }
  }

  void add(Map<Subject, Series> measured) {
    measured.forEach(
        (subject, series) -> rows.add(new Row(subject.task(), subject.name(), series)));
  }

  List<Row> rows(Task task) {
    return rows.stream().filter(row -> row.task() == task).toList();
  }

  /** How many times as long {@code row} takes as {@code name} for the same task, by the medians. */
  OptionalDouble times(Row row, String name) {
    return times(row.task(), row.name(), name);
  }

  private OptionalDouble times(Task task, String name, String other) {
    Optional<Row> above = find(task, name);
    Optional<Row> below = find(task, other);
    return above.isPresent() && below.isPresent()
        ? OptionalDouble.of((double) above.get().series().median() / below.get().series().median())
        : OptionalDouble.empty();
  }

  private Optional<Row> find(Task task, String name) {
    return rows(task).stream().filter(row -> row.name().equals(name)).findFirst();
  }

  /** Those for which both sides were measured. */
  List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    times(Task.CONTAINER, Subject.BERTH, Subject.FLOOR)
        .ifPresent(ratio -> targets.add(new Target("container: berth / floor", 1.3, true, ratio)));
    times(Task.CONTAINER, "runc", Subject.BERTH)
        .ifPresent(ratio -> targets.add(new Target("container: runc / berth", 10, false, ratio)));
    times(Task.CONTAINER, "crun", Subject.BERTH)
        .ifPresent(ratio -> targets.add(new Target("container: crun / berth", 3, false, ratio)));
    times(Task.EXEC, Subject.BERTH, Subject.FLOOR)
        .ifPresent(ratio -> targets.add(new Target("exec: berth / floor", 1.3, true, ratio)));
    return targets;
  }
}
