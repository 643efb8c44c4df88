package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int berth(String... args) {
    return new Berth(print(out), print(err)).execute(args);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-v"})
  void says_its_version_as_engines_read_it(String option) {
    assertThat(berth(option)).isZero();
    assertThat(out()).matches("berth version \\S+\nspec: 1\\.3\\.0\n");
  }

  @Test
  void without_a_command_shows_the_help_with_all_commands() {
    assertThat(berth()).isZero();
    assertThat(out()).startsWith("Usage: berth [OPTIONS] COMMAND [ARGS...]\n");
    assertThat(out()).contains(Verb.NAMES);
  }

  static final Iterable<String> VERBS = Verb.NAMES;

  @ParameterizedTest
  @FieldSource("VERBS")
  void every_command_has_help(String verb) {
    assertThat(berth(verb, "--help")).isZero();
    assertThat(out()).startsWith("Usage: berth %s ".formatted(verb));
    assertThat(err()).isEmpty();
  }

  @Test
  void exits_with_3_for_an_unknown_command() {
    assertThat(berth("bogus")).isEqualTo(3);
    assertThat(err()).isEqualTo("unknown command \"bogus\"; see berth --help\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          --bogus          | unknown option: '--bogus'
          --log            | missing required parameter for option '--log' (FILE)
          run              | run: missing required parameter: 'ID'; see berth run --help
          run a b          | run: unmatched argument at index 1: 'b'; see berth run --help
          run --bogus a    | run: unknown option: '--bogus'; see berth run --help
          exec             | exec: missing required parameter: 'ID'; see berth exec --help
          list a           | list: unmatched argument at index 0: 'a'; see berth list --help
          --rootless=no list | invalid value for option '--rootless': expected one of [AUTO, TRUE, FALSE] (case-insensitive) but was 'no'
          list -f xml      | list: invalid value for option '--format': expected one of [TABLE, JSON] (case-insensitive) but was 'xml'; see berth list --help
          kill a TERM b    | kill: unmatched argument at index 2: 'b'; see berth kill --help
          kill a FOO       | unknown signal "FOO"
          """)
  void exits_with_1_for_wrong_usage(String args, String message) {
    assertThat(berth(args.split(" "))).isEqualTo(1);
    assertThat(err()).isEqualTo(message + "\n");
    assertThat(out()).isEmpty();
  }

  @Test
  void a_failing_exec_exits_with_255() {
    assertThat(berth("--root", directory.toString(), "exec", "a", "true")).isEqualTo(255);
    assertThat(err()).isEqualTo("container \"a\": does not exist\n");
  }

  @Test
  void appends_errors_to_the_log_as_a_line_of_json() throws IOException {
    Path log = directory.resolve("log.json");
    berth("--log", log.toString(), "--log-format", "json", "kill", "a", "FOO");
    berth("--log=" + log, "--log-format=json", "bogus");
    berth("--log=" + log, "--log-format=json", "--systemd-cgroup", "kill", "a", "FOO");
    assertThat(err())
        .isEqualTo(
            "unknown signal \"FOO\"\nunknown command \"bogus\"; see berth --help\n"
                + "unknown signal \"FOO\"\n");
    String time = "\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\"}";
    assertThat(Files.readAllLines(log))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .matches(
                        "\\{\"level\":\"error\",\"msg\":\"unknown signal \\\\\"FOO\\\\\"\","
                            + time),
            line -> assertThat(line).startsWith("{\"level\":\"error\",\"msg\":\"unknown command"),
            line -> assertThat(line).startsWith("{\"level\":\"error\",\"msg\":\"unknown signal"));
  }

  @Test
  void says_so_when_the_log_cannot_be_written() {
    Path log = directory.resolve("missing/log");
    assertThat(berth("--log=" + log, "kill", "a", "FOO")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "unknown signal \"FOO\"\nlog \"%s\": ENOENT (No such file or directory)\n"
                .formatted(log));
  }

  @Test
  void shows_where_an_error_arose_if_asked() {
    berth("--debug", "kill", "a", "FOO");
    assertThat(err())
        .startsWith("unknown signal \"FOO\"\njava.lang.IllegalArgumentException: ")
        .contains("at dev.berth.cli.KillCommand.run(");
  }

  @Test
  void takes_an_argument_with_an_at_sign_as_it_is() throws IOException {
    Path file = Files.writeString(directory.resolve("args"), "--version");
    assertThat(berth("@" + file)).isEqualTo(3);
  }

  @Test
  void writes_a_config_json_once() throws IOException {
    assertThat(berth("spec", "--bundle", directory.toString())).isZero();
    Path config = directory.resolve("config.json");
    assertThat(config).content().startsWith("{\n\t\"ociVersion\": \"1.3.0\",\n\t\"process\": {\n");
    Files.writeString(config, "mine");

    assertThat(berth("spec", "-b", directory.toString())).isEqualTo(1);
    assertThat(err()).isEqualTo("file config.json exists. Remove it first\n");
    assertThat(config).hasContent("mine");
  }

  @Test
  void writes_no_config_json_where_there_is_no_directory() {
    Path missing = directory.resolve("missing");
    assertThat(berth("spec", "--bundle=" + missing)).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "file \"%s/config.json\": ENOENT (No such file or directory)\n".formatted(missing));
  }
}
