package dev.berth.core.spec;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That {@code docs/conformance.md} speaks of every property, and of nothing that is not there. */
class ConformanceTest {
  private static final Path PROJECT = Path.of("..");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final int PROPERTY = 1;
  private static final int DONE_BY = 2;
  private static final int SHOWN_BY = 3;

  /** Rows of the table of properties, split at its bars. */
  private static List<String[]> rows() throws IOException {
    return Files.readAllLines(PROJECT.resolve("docs/conformance.md")).stream()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.split("\\|"))
        .toList();
  }

  private static List<String> code(String cell) {
    return CODE.matcher(cell).results().map(result -> result.group(1)).toList();
  }

  static List<Sample> properties() {
    return SchemaTest.properties();
  }

  @ParameterizedTest
  @MethodSource("properties")
  void has_every_property_once(Sample property) throws IOException {
    assertThat(
            rows().stream()
                .flatMap(row -> code(row[PROPERTY]).stream())
                .filter(name -> matches(name, property.path())))
        .hasSize(1);
  }

  private static boolean matches(String name, String path) {
    return name.endsWith("*")
        ? path.startsWith(name.substring(0, name.length() - 1))
        : path.equals(name);
  }

  @Test
  void names_only_classes_that_there_are() throws IOException {
    Set<String> classes = classes();
    assertThat(rows().stream().flatMap(row -> code(row[DONE_BY]).stream())).isSubsetOf(classes);
    assertThat(rows().stream().flatMap(row -> code(row[SHOWN_BY]).stream())).isSubsetOf(classes);
  }

  private static Set<String> classes() throws IOException {
    try (Stream<Path> files = Files.walk(PROJECT)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(toSet());
    }
  }
}
