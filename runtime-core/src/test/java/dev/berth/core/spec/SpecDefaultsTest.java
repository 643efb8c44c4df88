package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.Spec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** {@code runc-spec.json} is what {@code runc spec} of runc 1.1.5 writes, but for ociVersion. */
class SpecDefaultsTest {
  private final byte[] written = Resources.bytes("runc-spec.json");

  @Test
  void are_those_of_runc_spec() {
    assertThat(SpecDefaults.spec())
        .isEqualTo(SpecReader.read(written, Spec.class).orThrow(AssertionError::new));
  }

  @Test
  void are_written_as_runc_spec_writes_them() {
    assertThat(SpecWriter.write(SpecDefaults.spec()))
        .isEqualTo(new String(written, StandardCharsets.UTF_8));
  }

  @Test
  void of_a_user_are_those_of_runc_spec_rootless() {
    byte[] rootless = Resources.bytes("runc-spec-rootless.json");
    assertThat(SpecWriter.write(SpecDefaults.rootless(1000, 1000)))
        .isEqualTo(new String(rootless, StandardCharsets.UTF_8));
  }

  @Test
  void are_acceptable() {
    Findings findings = SpecChecks.check(SpecDefaults.spec());

    assertThat(findings.problems()).isEmpty();
    assertThat(findings.warnings()).isEmpty();
  }
}
