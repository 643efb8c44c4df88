package dev.berth.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.spi.Printable;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTextTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "grüße", "€", "𝄞", "\ufffd", "?"})
  void what_is_utf8_is_its_characters(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(KernelText.decode(bytes)).isEqualTo(text);
    assertThat(KernelText.encode(text)).isEqualTo(bytes);
    assertThat(KernelText.hasHalfACharacter(text)).isFalse();
    assertThat(Printable.text(text)).isEqualTo(text);
  }

  /** Also a NUL in two bytes, half of a surrogate pair, and what has no end. */
  @ParameterizedTest
  @CsvSource({
    "ff, \\xff",
    "61ff62, a\\xffb",
    "c080, \\xc0\\x80",
    "eda080, \\xed\\xa0\\x80",
    "f4908080, \\xf4\\x90\\x80\\x80",
    "61e282, a\\xe2\\x82",
    "fffec3a4, \\xff\\xfeä"
  })
  void every_other_byte_survives(String hex, String printable) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    String text = KernelText.decode(bytes);
    assertThat(KernelText.encode(text)).isEqualTo(bytes);
    assertThat(KernelText.hasHalfACharacter(text)).isTrue();
    assertThat(KernelText.isEncodable(text)).isTrue();
    assertThat(Printable.text(text)).isEqualTo(printable);
  }

  @Test
  void any_bytes_do() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[random.nextInt(20)];
      random.nextBytes(bytes);
      assertThat(KernelText.encode(KernelText.decode(bytes))).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "a\udfffb", "\udc7f", "\udd00"})
  void what_is_neither_a_character_nor_a_byte_is_refused(String text) {
    assertThat(KernelText.isEncodable(text)).isFalse();
    assertThatThrownBy(() -> KernelText.encode(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half of a surrogate pair");
  }

  @Test
  void a_line_ends_at_a_line_feed_alone() {
    assertThat(KernelText.lines("a\rb\u2028c\nd\n")).containsExactly("a\rb\u2028c", "d");
    assertThat(KernelText.lines("")).isEmpty();
  }
}
