package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The {@code config.json} of real engines, as recorded from Docker, containerd, Podman and Buildah.
 * What they ask for is all done.
 */
class CorpusTest {
  static List<String> recordings() {
    return Resources.lines("corpus.txt");
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void is_valid(String name) {
    Spec spec = read(name);

    Findings findings = SpecChecks.check(spec);

    assertThat(findings.problems()).isEmpty();
    assertThat(findings.warnings())
        .allSatisfy(
            warning -> assertThat(warning.path()).isEqualTo("linux.resources.memory.kernel"));
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void reads_back_the_same_when_written(String name) {
    Spec spec = read(name);

    byte[] written = SpecWriter.write(spec).getBytes(StandardCharsets.UTF_8);

    assertThat(SpecReader.read(written, Spec.class).orThrow(AssertionError::new)).isEqualTo(spec);
  }

  private static Spec read(String name) {
    return SpecReader.read(Resources.bytes("/corpus/" + name), Spec.class)
        .orThrow(AssertionError::new);
  }
}
