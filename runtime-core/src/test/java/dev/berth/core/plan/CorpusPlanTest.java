package dev.berth.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.spec.SpecChecks;
import dev.berth.core.spec.SpecReader;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations that engines have written. */
class CorpusPlanTest {
  private static final Path CORPUS = Path.of("src/test/resources/corpus");

  static List<Path> configurations() throws IOException {
    try (Stream<Path> files = Files.list(CORPUS)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  /** Refused or not: what is not supported yet is left out of the plan here, the rest is not. */
  @ParameterizedTest
  @MethodSource("configurations")
  void plans_what_engines_write(Path file) throws IOException {
    Spec spec = SpecReader.read(file).value();
    assertThat(SpecChecks.check(spec).problems()).isEmpty();
    for (HostView host : List.of(Plans.UNIFIED, Plans.HYBRID)) {
      String plan = Plans.plan(spec, host).toString();
      assertThat(plan).contains("change root", "execute ").doesNotContain("slot ");
    }
  }
}
