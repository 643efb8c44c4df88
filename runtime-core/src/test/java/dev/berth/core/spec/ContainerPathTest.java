package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerPathTest {
  @ParameterizedTest
  @CsvSource({
    "/, /",
    "'', /",
    "proc, /proc",
    "//proc//self/, /proc/self",
    "/./proc/., /proc",
    "/etc/../proc, /proc",
    "/../../proc, /proc",
    "/..., /...",
    "/a/../.., /",
    "/\u00fc/\u65e5, /\u00fc/\u65e5"
  })
  void names_the_place_without_detours(String path, String clean) {
    assertThat(ContainerPath.clean(path)).isEqualTo(clean);
  }
}
