package dev.berth.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.berth.bench.Subject.Task;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The results as a table for people, and as JSON for programs. */
final class Report {
  private static final double NANOSECONDS_PER_MILLISECOND = 1e6;

  private final Machine machine;
  private final Results results;
  private final List<Lineup.Absent> absent;
  private final String loadAfter;

  Report(Machine machine, Results results, List<Lineup.Absent> absent) throws IOException {
    this.machine = machine;
    this.results = results;
    this.absent = absent;
    this.loadAfter = Machine.load();
  }

  /** What {@link #write} writes. */
  private record Document(
      String time,
      Machine machine,
      String loadAfter,
      List<Figure> figures,
      List<Goal> targets,
      List<Lineup.Absent> absent) {}

  private record Figure(
      Task task,
      String name,
      int rounds,
      long medianNanoseconds,
      long p99Nanoseconds,
      long minimumNanoseconds,
      @Nullable Double timesFloor,
      @Nullable Double timesBerth) {}

  private record Goal(Results.Target target, boolean met) {}

  void print(PrintStream out) {
    out.printf("kernel %s, cgroup version %s%n", machine.kernel(), machine.cgroups());
    out.printf(
        "%s x %s, governor %s, load %s before, %s after%n",
        machine.processors(),
        machine.processor(),
        machine.governor(),
        machine.loadBefore(),
        loadAfter);
    out.println(machine.jdk());
    machine.peers().forEach((name, version) -> out.println(version));
    for (Task task : Task.values()) {
      List<Results.Row> rows = results.rows(task);
      if (!rows.isEmpty()) {
        print(out, task, rows);
      }
    }
    out.println();
    absent.forEach(each ->
        out.printf(
            "not measured: %s (%s): %s%n", each.name(), each.task().description, each.reason()));
    results.targets().forEach(target -> print(out, target));
  }

  private void print(PrintStream out, Task task, List<Results.Row> rows) {
    out.printf("%n%s%n", task.description);
    out.printf(
        "  %-8s %7s %12s %12s %12s %9s %9s%n",
        "", "rounds", "least", "median", "99 of 100", "/ floor", "/ berth");
    for (Results.Row row : rows) {
      Series series = row.series();
      out.printf(
          Locale.ROOT,
          "  %-8s %7d %9.2f ms %9.2f ms %9.2f ms %9s %9s%n",
          row.name(),
          series.rounds(),
          series.minimum() / NANOSECONDS_PER_MILLISECOND,
          series.median() / NANOSECONDS_PER_MILLISECOND,
          series.p99() / NANOSECONDS_PER_MILLISECOND,
          text(results.times(row, Subject.FLOOR)),
          text(results.times(row, Subject.BERTH)));
    }
  }

  private static String text(OptionalDouble ratio) {
    return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "";
  }

  private static void print(PrintStream out, Results.Target target) {
    out.printf(
        Locale.ROOT,
        "%s is %.2f, to be at %s %.1f: %s%n",
        target.text(),
        target.ratio(),
        target.atMost() ? "most" : "least",
        target.bound(),
        target.met() ? "met" : "not met");
  }

  void write(Path file) throws IOException {
    Document document =
        new Document(
            Instant.now().toString(),
            machine,
            loadAfter,
            Stream.of(Task.values())
                .flatMap(task -> results.rows(task).stream())
                .map(this::figure)
                .toList(),
            results.targets().stream().map(target -> new Goal(target, target.met())).toList(),
            absent);
    JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValue(file.toFile(), document);
  }

  private Figure figure(Results.Row row) {
    Series series = row.series();
    return new Figure(
        row.task(),
        row.name(),
        series.rounds(),
        series.median(),
        series.p99(),
        series.minimum(),
        boxed(results.times(row, Subject.FLOOR)),
        boxed(results.times(row, Subject.BERTH)));
  }

  private static @Nullable Double boxed(OptionalDouble ratio) {
    return ratio.isPresent() ? ratio.getAsDouble() : null;
  }
}
