package dev.berth.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Problem;
import dev.berth.spec.Spec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts that JSON readers disagree about. What an engine has checked must be what runs, so each is
 * refused, or there is only one way to read it.
 */
class JsonDifferentialsTest {

  /** Go takes the last, jq too, others the first. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'root': {'path': '/', 'readonly': true, 'readonly': false} | root.readonly: given twice",
        "'root': {'path': '/a', 'path': '/a'} | root.path: given twice",
        "'root': {'path': '/a', '\\u0070ath': '/b'} | root.path: given twice",
        "'root': {'path': '/'}, 'root': null | root: given twice",
        "'annotations': {'k': 'a', 'k': 'b'} | annotations[\"k\"]: given twice"
      })
  void t42_a_key_that_is_given_twice_is_refused(String text, String problem) {
    assertThat(problems(text)).containsExactly(problem);
  }

  /** Go matches names in any case; the specification's are in this one. */
  @Test
  void t42_a_key_in_another_case_is_another_key() {
    Spec spec = read("'root': {'path': '/', 'Readonly': true, 'READONLY': 1}, 'Hostname': 'x'");
    assertThat(spec.root().readonly()).isFalse();
    assertThat(spec.hostname()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "[[{\"a\":["})
  void t42_what_is_nested_without_end_is_refused(String nesting) {
    assertThat(problems("'future': " + nesting.repeat(100_000)))
        .singleElement()
        .asString()
        .endsWith("nested deeper than 64 levels");
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808, -9223372036854775808",
    "9007199254740993, 9007199254740993",
    "0, 0",
    "-0, 0"
  })
  void t42_an_integer_is_read_exactly(String limit, long value) {
    assertThat(read(memory(limit)).linux().resources().memory().limit()).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1e400 | expected an integer, found 1e400",
        "1e3 | expected an integer, found 1e3",
        "1.0 | expected an integer, found 1.0",
        "-1E-400 | expected an integer, found -1E-400",
        "'1' | expected an integer, found a string",
        "true | expected an integer, found true",
        "9223372036854775808 | 9223372036854775808 is not within -9223372036854775808 to"
            + " 9223372036854775807",
        "18446744073709551617 | 18446744073709551617 is not within -9223372036854775808 to"
            + " 9223372036854775807"
      })
  void t42_a_number_that_is_no_such_integer_is_refused(String limit, String problem) {
    assertThat(problems(memory(limit))).containsExactly("linux.resources.memory.limit: " + problem);
  }

  /** What other readers take for JSON, or for numbers. */
  @ParameterizedTest
  @ValueSource(
      strings = {"01", "+1", "0x10", "1_000", "NaN", "Infinity", ".5", "1.", "-", "1e", "'", "`1`"})
  void t42_what_is_no_json_is_refused(String limit) {
    assertThat(problems(memory(limit))).singleElement().asString().startsWith("line 1, column ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/* */", "// c\n", "# c\n", ","})
  void t42_there_are_no_comments_and_no_commas_too_many(String extra) {
    assertThat(problems("'hostname': 'x'" + extra))
        .singleElement()
        .asString()
        .startsWith("line 1, column ");
  }

  /** In UTF-8, which is what the kernel gets, it would be a question mark. */
  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\\udfff", "\\udfff\\ud800", "a\\ud800b"})
  void t42_half_of_a_surrogate_pair_is_refused(String half) {
    assertThat(problems("'annotations': {'%s': ''}".formatted(half)))
        .singleElement()
        .asString()
        .contains("surrogate");
    assertThat(problems("'root': {'path': '/%s'}".formatted(half)))
        .containsExactly("root.path: contains half of a surrogate pair, which is no character");
  }

  @Test
  void t42_a_whole_surrogate_pair_is_the_character_that_it_stands_for() {
    Spec spec = read("'root': {'path': '/\\ud83d\\udea2'}");
    assertThat(spec).isEqualTo(read("'root': {'path': '/\ud83d\udea2'}"));
    assertThat(SpecChecks.check(spec).problems())
        .extracting(Problem::path)
        .containsExactly("process");
  }

  /** Jackson would guess. */
  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32BE", "UTF-32LE"})
  void t42_another_encoding_than_utf_8_is_refused(String encoding) throws Exception {
    for (String text : List.of("{\"ociVersion\": \"1.3.0\"}", "\n", "[")) {
      assertThat(SpecReader.read(text.getBytes(encoding), Spec.class).problems())
          .extracting(Problem::toString)
          .containsExactly("not in UTF-8");
    }
  }

  private static String memory(String limit) {
    return "'linux': {'resources': {'memory': {'limit': %s}}}".formatted(limit);
  }

  private static Spec read(String text) {
    return SpecReader.read(bytes(text), Spec.class).orThrow(AssertionError::new);
  }

  private static List<String> problems(String text) {
    return SpecReader.read(bytes(text), Spec.class).problems().stream()
        .map(Problem::toString)
        .toList();
  }

  /** A configuration with {@code text} in it, whose quotes are single here. */
  private static byte[] bytes(String text) {
    return ("{'ociVersion': '1.3.0', " + text + "}").replace('\'', '"').getBytes(UTF_8);
  }
}
