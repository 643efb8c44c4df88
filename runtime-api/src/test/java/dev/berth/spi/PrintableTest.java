package dev.berth.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "a \u00fc \u65e5 \ud83d\ude00|a \u00fc \u65e5 \ud83d\ude00",
        "\u001b[31m\u007f\u009b|\\u001b[31m\\u007f\\u009b",
        "\u202e\u2066\u200b\ufeff|\\u202e\\u2066\\u200b\\ufeff",
        "\ud83d|\\ud83d",
        "\udb40\udc41|\\udb40\\udc41",
        "\udcff\udc80|\\xff\\x80",
        "\ue000\uffff|\\ue000\\uffff",
      })
  void escapes_what_is_not_visible(String text, String printable) {
    // What is around it keeps JUnit from trimming the text.
    assertThat(Printable.text("(" + text + ")")).isEqualTo("(" + printable + ")");
  }

  @Test
  void is_on_one_line() {
    assertThat(Printable.text("a\r\n\tb\u2028\u2029")).isEqualTo("a\\r\\n\\tb\\u2028\\u2029");
  }

  @Test
  void keeps_the_start_and_the_end_of_what_is_long() {
    assertThat(Printable.value("x".repeat(200))).hasSize(200);
    assertThat(Printable.value("a".repeat(5000) + "b".repeat(5000)))
        .isEqualTo("a".repeat(150) + "[\u2026 9800 characters \u2026]" + "b".repeat(50));
    assertThat(Printable.message("m".repeat(10_000_000) + "; do this"))
        .hasSizeLessThan(2100)
        .endsWith("; do this");
  }

  @Test
  void cuts_no_character_in_two() {
    assertThat(Printable.value("x" + "\ud83d\ude00".repeat(1000))).doesNotContain("\\u");
  }
}
