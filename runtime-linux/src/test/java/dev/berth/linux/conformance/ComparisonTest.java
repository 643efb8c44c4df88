package dev.berth.linux.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** That {@code docs/conformance.md} has the reasons for what is listed as different. */
class ComparisonTest {
  @Test
  void says_in_the_documentation_what_is_different() throws IOException {
    String page = Files.readString(Path.of("../docs/conformance.md")).replaceAll("\\s+", " ");
    assertThat(Comparison.reasons())
        .isNotEmpty()
        .allSatisfy(reason -> assertThat(page).contains("* " + reason + "."));
  }

  @Test
  void has_a_reason_for_each_difference() {
    assertThat(Comparison.all())
        .allSatisfy(each ->
            assertThat(each.why().equals("-"))
                .isEqualTo(each.runc().equals("same") && each.crun().equals("same")));
  }
}
