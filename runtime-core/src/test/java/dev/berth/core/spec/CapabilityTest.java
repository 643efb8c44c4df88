package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CapabilityTest {
  private static final Path HEADER = Path.of("/usr/include/linux/capability.h");

  @Test
  void has_the_numbers_of_the_kernel_header() throws IOException {
    assumeTrue(Files.exists(HEADER), HEADER + " is not installed");

    assertThat(
            Pattern.compile("(?m)^#define (CAP_[A-Z_]+)\\s+([0-9]+)$")
                .matcher(Files.readString(HEADER))
                .results())
        .isNotEmpty()
        .allSatisfy(this::is_known);
  }

  private void is_known(MatchResult definition) {
    assertThat(Capability.named(definition.group(1)).orElseThrow().bit())
        .isEqualTo(1L << Integer.parseInt(definition.group(2)));
  }
}
