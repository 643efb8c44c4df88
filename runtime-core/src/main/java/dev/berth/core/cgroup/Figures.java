package dev.berth.core.cgroup;

import dev.berth.Stats.Pressure;
import dev.berth.Stats.Stall;
import dev.berth.core.spec.NumberList;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Files of one hierarchy, by the formats that the kernel has for figures. */
record Figures(CgroupContents contents, String controller) {

  /** A number alone; absent where it says that there is no limit. */
  OptionalLong number(String file) throws IOException {
    return contents.read(controller, file).map(Figures::parse).orElse(OptionalLong.empty());
  }

  /** A time in nanoseconds. */
  Optional<Duration> nanos(String file) throws IOException {
    OptionalLong nanos = number(file);
    return nanos.isPresent() ? Optional.of(Duration.ofNanos(nanos.getAsLong())) : Optional.empty();
  }

  /** A line for each number, behind its name; none if there is no such file. */
  Map<String, Long> keyed(String file) throws IOException {
    return contents.read(controller, file).map(Figures::byKey).orElse(Map.of());
  }

  /**
   * A line for each object, with numbers that have names: {@code 8:0 rbytes=1 wbytes=2}. Empty if
   * there is no such file.
   */
  Optional<Map<String, Map<String, OptionalLong>>> nested(String file) throws IOException {
    return contents.read(controller, file).map(Figures::byObject);
  }

  /** Lines of words. */
  List<String[]> words(String file) throws IOException {
    return contents
        .read(controller, file)
        .map(text -> text.lines().map(line -> line.split(" ", -1)).toList())
        .orElse(List.of());
  }

  /** Processors or memory nodes: {@code 0-3,7}. */
  List<Integer> numbers(String file) throws IOException {
    return contents
        .read(controller, file)
        .flatMap(list -> NumberList.of(list.strip()))
        .map(list -> list.numbers().boxed().toList())
        .orElse(List.of());
  }

  /** How much processes waited. */
  Optional<Pressure> pressure(String file) throws IOException {
    Map<String, Stall> stalls =
        contents
            .read(controller, file)
            .map(text ->
                text.lines()
                    .map(line -> line.split("[ =]", -1))
                    .collect(Collectors.toMap(words -> words[0], Figures::stall)))
            .orElse(Map.of());
    Stall some = stalls.get("some");
    Stall full = stalls.get("full");
    return some == null || full == null ? Optional.empty() : Optional.of(new Pressure(some, full));
  }

  /** {@code some avg10=0.12 avg60=0.03 avg300=0.00 total=2938}. */
  private static Stall stall(String[] words) {
    return new Stall(
        Double.parseDouble(words[2]),
        Double.parseDouble(words[4]),
        Double.parseDouble(words[6]),
        Duration.of(Long.parseLong(words[8]), ChronoUnit.MICROS));
  }

  private static Map<String, Long> byKey(String text) {
    Map<String, Long> numbers = new LinkedHashMap<>();
    text.lines()
        .forEach(line -> {
          int space = line.indexOf(' ');
          numbers.put(
              line.substring(0, space), Long.parseUnsignedLong(line, space + 1, line.length(), 10));
        });
    return numbers;
  }

  private static Map<String, Map<String, OptionalLong>> byObject(String text) {
    Map<String, Map<String, OptionalLong>> objects = new LinkedHashMap<>();
    text.lines()
        .map(line -> line.split(" ", -1))
        .forEach(words ->
            objects.put(
                words[0],
                Arrays.stream(words)
                    .skip(1)
                    .filter(word -> word.contains("="))
                    .map(word -> word.split("=", 2))
                    .collect(Collectors.toMap(pair -> pair[0], pair -> parse(pair[1])))));
    return objects;
  }

  /**
   * Without a limit, cgroup v2 writes {@code max}, and cgroup v1 the highest number of bytes in
   * whole pages; huge ones have 16 GiB at the most.
   */
  private static OptionalLong parse(String text) {
    String digits = text.strip();
    if (digits.isEmpty() || digits.equals("max")) {
      return OptionalLong.empty();
    }
    long number = Long.parseUnsignedLong(digits);
    return number >>> 34 == Long.MAX_VALUE >>> 34 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /** One of {@link #keyed} numbers. */
  static OptionalLong figure(Map<String, Long> numbers, String key) {
    Long number = numbers.get(key);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /** One of {@link #nested} numbers. */
  static OptionalLong nestedFigure(Map<String, OptionalLong> numbers, String key) {
    return numbers.getOrDefault(key, OptionalLong.empty());
  }

  /** One of {@link #keyed} times. */
  static Optional<Duration> time(Map<String, Long> numbers, String key, ChronoUnit unit) {
    return Optional.ofNullable(numbers.get(key)).map(number -> Duration.of(number, unit));
  }

  /** The first, or what takes its place. */
  static OptionalLong or(OptionalLong number, OptionalLong otherwise) {
    return number.isPresent() ? number : otherwise;
  }
}
