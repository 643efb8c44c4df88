package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Problem;
import dev.berth.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The {@code config.json} of real engines, as recorded from Docker, containerd, Podman and Buildah.
 * {@code corpus-not-yet.txt} has, for each, what of it this version refuses; it gets shorter as the
 * runtime grows.
 */
class CorpusTest {
  static List<Arguments> recordings() {
    return Resources.lines("corpus-not-yet.txt").stream()
        .map(line -> line.split(": ?", 2))
        .map(parts ->
            Arguments.of(
                parts[0], Stream.of(parts[1].split(", ")).filter(path -> !path.isEmpty()).toList()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void is_valid_and_refused_for_nothing_else(String name, List<String> notYet) {
    Spec spec = read(name);

    Findings findings = SpecChecks.check(spec);

    assertThat(findings.problems()).isEmpty();
    assertThat(findings.warnings())
        .allSatisfy(
            warning -> assertThat(warning.path()).isEqualTo("linux.resources.memory.kernel"));
    assertThat(findings.unsupported()).extracting(Problem::path).isEqualTo(notYet);
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void reads_back_the_same_when_written(String name, List<String> notYet) {
    Spec spec = read(name);

    byte[] written = SpecWriter.write(spec).getBytes(StandardCharsets.UTF_8);

    assertThat(SpecReader.read(written, Spec.class).orThrow(AssertionError::new)).isEqualTo(spec);
  }

  private static Spec read(String name) {
    return SpecReader.read(Resources.bytes("/corpus/" + name), Spec.class)
        .orThrow(AssertionError::new);
  }
}
