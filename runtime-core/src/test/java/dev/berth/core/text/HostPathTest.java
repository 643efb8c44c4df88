package dev.berth.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In the locale of the tests; {@code LocaleIT} has others. */
class HostPathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "a",
        "a/b",
        "/a/b",
        "../a",
        "./a",
        "ä",
        "/ä",
        "ä/../ö",
        "/a b/%41/#?",
        "/€/𝄞",
        "/a?"
      })
  void a_path_is_its_text(String text) {
    assumeTheJdkHas(text);
    assertThat(HostPath.of(text)).isEqualTo(Path.of(text));
    assertThat(HostPath.text(Path.of(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"//ä", "///ä//b/"})
  void slashes_too_many_are_left_out_as_the_jdk_does(String text) {
    assumeTheJdkHas(text);
    assertThat(HostPath.of(text)).isEqualTo(Path.of(text));
  }

  @Test
  void a_directory_has_no_slash_at_its_end(@TempDir Path directory) throws IOException {
    Path made = Files.createDirectory(directory.resolve(HostPath.of("ä")));
    assertThat(HostPath.text(made)).isEqualTo(directory + "/ä");
  }

  /** In the locale C it refuses what is not ASCII, and there is nothing to compare with. */
  private static void assumeTheJdkHas(String text) {
    Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
    assumeTrue(names.newEncoder().canEncode(text), names + " does not have \"" + text + "\"");
  }

  @Test
  void other_bytes_make_the_path_that_they_are() {
    assertThat(HostPath.of("/a\udcff")).isEqualTo(Path.of(URI.create("file:///a%ff")));
    assertThat(HostPath.of("\udcff/b"))
        .isEqualTo(Path.of(URI.create("file:///%ff/b")).subpath(0, 2));
  }

  @Test
  void but_no_text() {
    assertThatThrownBy(() -> HostPath.text(HostPath.of("/a\udcff/b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("path \"/a\\xff/b\": not UTF-8; rename it");
  }
}
