package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.spec.User;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumericUserTest {
  @ParameterizedTest
  @CsvSource({"0,0,", "1,1,", "1:2,1,2", "0:0,0,0", "4294967294:4294967294,4294967294,4294967294"})
  void reads_the_number_that_stands_there(String text, long uid, Long gid) {
    assertThat(NumericUser.parse(text)).isEqualTo(new NumericUser(uid, gid));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "1:",
        ":2",
        "01",
        "0x1",
        "+1",
        "-1",
        " 1",
        "1 ",
        "1:2:3",
        "a",
        "root",
        "1.0",
        "1e3",
        "٣",
        "18446744073709551616",
        "00"
      })
  void refuses_what_is_no_decimal_number(String text) {
    assertThatThrownBy(() -> NumericUser.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("user \"\\Q%s\\E\": \".*\" is not a decimal id".formatted(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"4294967295", "4294967296", "9999999999", "1:4294967295"})
  void refuses_ids_that_the_kernel_takes_for_something_else(String text) {
    String id = text.substring(text.indexOf(':') + 1);
    assertThatThrownBy(() -> NumericUser.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("user \"%s\": %s is greater than 4294967294", text, id);
  }

  @Test
  void leaves_the_group_alone_unless_given() {
    User user = new User(5, 6, 18L, List.of(7L));
    assertThat(NumericUser.parse("1").in(user)).isEqualTo(new User(1, 6, 18L, List.of(7L)));
    assertThat(NumericUser.parse("1:2").in(user)).isEqualTo(new User(1, 2, 18L, List.of(7L)));
  }
}
