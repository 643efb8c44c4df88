package dev.berth.linux.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of attacks in {@code docs/security.md} names tests that there are. */
class SecurityTableTest {
  private static final Path TABLE = Path.of("../docs/security.md");
  private static final List<Path> TESTS =
      List.of(Path.of("../runtime-core"), Path.of("../runtime-linux"), Path.of("../examples/cli"));

  private static final Pattern ROW = Pattern.compile("\\| (T-\\d\\d) \\|.*");
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern METHOD = Pattern.compile("\\bvoid (\\w+)\\(");
  private static final String NOT_APPLICABLE = "T-36";

  /** From here on, attacks have numbers before they have rows. */
  private static final int LAST_WITHOUT_GAP = 45;

  @Test
  void names_tests_that_there_are() throws IOException {
    Set<String> there = methods();
    Map<String, List<String>> missing = new TreeMap<>();
    rows()
        .forEach((attack, tests) -> {
          List<String> gone = tests.stream().filter(test -> !there.contains(test)).toList();
          if (!gone.isEmpty()) {
            missing.put(attack, gone);
          }
        });
    assertThat(missing).isEmpty();
  }

  @Test
  void has_a_test_for_every_attack() throws IOException {
    Map<String, List<String>> rows = rows();
    assertThat(List.copyOf(rows.keySet()))
        .isSorted()
        .startsWith(
            IntStream.rangeClosed(1, LAST_WITHOUT_GAP)
                .mapToObj(n -> String.format(Locale.ROOT, "T-%02d", n))
                .toArray(String[]::new));
    assertThat(rows)
        .allSatisfy((attack, tests) ->
            assertThat(tests.isEmpty()).isEqualTo(attack.equals(NOT_APPLICABLE)));
  }

  private static Map<String, List<String>> rows() throws IOException {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(TABLE)) {
      ROW.matcher(line)
          .results()
          .forEach(row ->
              rows.put(
                  row.group(1),
                  TEST.matcher(line).results().map(SecurityTableTest::name).toList()));
    }
    return rows;
  }

  private static String name(MatchResult test) {
    return test.group(1) + "#" + test.group(2);
  }

  /** Of all files of tests, in Java and C. */
  private static Set<String> methods() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path module : TESTS) {
      try (Stream<Path> tree = Files.walk(module.resolve("src/test"))) {
        tree.filter(file -> file.toString().matches(".*\\.(java|c)")).forEach(files::add);
      }
    }
    return files.stream()
        .flatMap(SecurityTableTest::methods)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> methods(Path file) {
    String type = file.getFileName().toString().replaceFirst("\\.\\w+$", "");
    try {
      return METHOD
          .matcher(Files.readString(file))
          .results()
          .map(method -> type + "#" + method.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
