package dev.berth.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerIdTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "web-1", "A_b+c.d", "...", "0", "-"})
  void accepts_letters_digits_and_four_signs(String id) {
    assertThat(new ContainerId(id).value()).isEqualTo(id);
  }

  @Test
  void accepts_as_many_characters_as_a_directory_name_may_have() {
    assertThat(new ContainerId("a".repeat(255)).value()).hasSize(255);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|container id \"\": empty; use letters, digits, '_', '+', '-', '.'",
        "a/b|container id \"a/b\": '/' is not allowed; use letters, digits, '_', '+', '-', '.'",
        "..|container id \"..\": the name of a directory of every directory; use letters, digits, '_', '+', '-', '.'",
        ".|container id \".\": the name of a directory of every directory; use letters, digits, '_', '+', '-', '.'",
        "a b|container id \"a b\": ' ' is not allowed; use letters, digits, '_', '+', '-', '.'",
        "é|container id \"é\": 'é' is not allowed; use letters, digits, '_', '+', '-', '.'",
      })
  void refuses_what_is_no_name_and_says_why(String id, String message) {
    assertThatThrownBy(() -> new ContainerId(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void refuses_five_thousand_characters_and_does_not_repeat_them() {
    assertThatThrownBy(() -> new ContainerId("a".repeat(5000)))
        .hasMessage("container id \"aaaaaaaaaaaaaaaaaaaa…\": 5000 characters; 255 at most");
  }

  @Test
  void writes_no_control_characters_into_its_message() {
    assertThatThrownBy(() -> new ContainerId("a\0\u001b[2J"))
        .hasMessage(
            "container id \"a\\u0000\\u001b[2J\": '\\u0000' is not allowed; use letters, digits,"
                + " '_', '+', '-', '.'");
  }
}
