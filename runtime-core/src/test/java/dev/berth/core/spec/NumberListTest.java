package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberListTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0; 0",
        "0-3,7; 0-3,7",
        "7,0-3; 0-3,7",
        "1,2,3; 1-3",
        "2, 4 ; 2,4",
        "5-5; 5",
        "8191; 8191",
        "60-70; 60-70",
      })
  void is_a_set_of_numbers(String text, String numbers) {
    assertThat(NumberList.of(text)).hasValueSatisfying(l -> assertThat(l).hasToString(numbers));
  }

  @Test
  void is_the_mask_that_the_kernel_takes() {
    assertThat(NumberList.of("0,2,63,64").orElseThrow().words())
        .isEqualTo(List.of(0x8000_0000_0000_0005L, 1L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "0,",
        "a",
        "-1",
        "1-",
        "3-1",
        "0x1",
        "8192",
        "0-99999999999",
        "1 2",
        "0:2"
      })
  void refuses_what_is_no_list(String text) {
    assertThat(NumberList.of(text)).isEmpty();
  }
}
