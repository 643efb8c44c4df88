package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteSizeTest {
  private final ByteSize size = new ByteSize();

  @ParameterizedTest
  @CsvSource({
    "-1, -1",
    "0, 0",
    "4096, 4096",
    "4096b, 4096",
    "1k, 1024",
    "1K, 1024",
    "3kb, 3072",
    "3KiB, 3072",
    "512m, 536870912",
    "1.5g, 1610612736",
    "'2 GiB', 2147483648",
    "1t, 1099511627776",
    "1p, 1125899906842624",
    "0.3k, 307",
    "9223372036854775807, 9223372036854775807",
  })
  void is_what_runc_takes_it_for(String text, long bytes) {
    assertThat(size.convert(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"20x", "k", "-2", "-1k", "1kk", "1bb", "1ki", "", " 1", "0x10", "1e3"})
  void is_nothing_else(String text) {
    assertThatThrownBy(() -> size.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'%s' is neither a size such as 512m nor -1", text);
  }

  @Test
  void is_no_more_than_a_number_can_be() {
    assertThatThrownBy(() -> size.convert("8192p"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'8192p' is more than there can be");
  }
}
