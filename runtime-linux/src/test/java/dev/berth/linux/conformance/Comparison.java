package dev.berth.linux.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What is the same for this runtime, runc and crun, or not: a line of a file.
 *
 * @param subject what is compared, with what this runtime does if the file has that
 * @param runc {@link #SAME}, or what runc does
 * @param crun the same of crun
 * @param why it is not the same; {@code docs/conformance.md} has each of these sentences
 */
record Comparison(List<String> subject, String runc, String crun, String why) {
  static final String SAME = "same";
  static final String REFUSED = "refused";

  private static final String BAR = "\\s+\\|\\s+";

  /** Reads {@code conformance/FILE}. */
  static List<Comparison> list(String file) {
    try (InputStream lines =
        Objects.requireNonNull(Comparison.class.getResourceAsStream("/conformance/" + file))) {
      return new String(lines.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> of(List.of(line.strip().split(BAR))))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Comparison of(List<String> cells) {
    int last = cells.size() - 1;
    return new Comparison(
        cells.subList(0, last - 2), cells.get(last - 2), cells.get(last - 1), cells.get(last));
  }

  /** The lines of all files. */
  static List<Comparison> all() {
    return Stream.of("limits.txt", "updates.txt", "outcomes.txt")
        .flatMap(file -> list(file).stream())
        .toList();
  }

  /** Why something is not the same, in all files. */
  static List<String> reasons() {
    return all().stream()
        .map(Comparison::why)
        .filter(why -> !why.equals("-"))
        .flatMap(why -> Stream.of(why.split("; ")))
        .distinct()
        .toList();
  }

  /** What is not so of this runtime; empty if all is. */
  String broken(String ours) {
    return ours.equals(subject.getLast()) ? "" : "%s: now %s".formatted(this, ours);
  }

  /**
   * What is not so of another runtime; empty if all is. Where a difference is listed, another
   * version of it may do the same as this one.
   */
  String broken(OciRuntime other, String ours, String theirs) {
    String listed = other.toString().equals("runc") ? runc : crun;
    return theirs.equals(ours) || theirs.equals(listed)
        ? ""
        : "%s: %s: %s".formatted(this, other, theirs);
  }

  @Override
  public String toString() {
    return String.join(" | ", subject);
  }
}
