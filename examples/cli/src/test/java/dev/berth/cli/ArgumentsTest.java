package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Command lines as engines and people write them. */
class ArgumentsTest {
  private static ParseResult parse(String verb, String... args) {
    GlobalOptions global = new GlobalOptions(System.out);
    return Berth.parser(verb, Verb.named(verb, global)).parseArgs(args);
  }

  private static List<String> positionals(ParseResult result) {
    return result.matchedPositionals().stream()
        .distinct() // picocli lists one for each of its values
        .flatMap(positional -> positional.stringValues().stream())
        .toList();
  }

  @Test
  void options_may_follow_the_id() {
    ParseResult result = parse("run", "x", "--keep", "-d", "--bundle", "/b");
    assertThat(result.<Boolean>matchedOptionValue("--keep", false)).isTrue();
    assertThat(result.<Boolean>matchedOptionValue("-d", false)).isTrue();
    assertThat(positionals(result)).containsExactly("x");
  }

  @Test
  void a_switch_may_be_given_a_value() {
    ParseResult result = parse("run", "--detach=false", "--keep=true", "x");
    assertThat(result.<Boolean>matchedOptionValue("--detach", true)).isFalse();
    assertThat(result.<Boolean>matchedOptionValue("--keep", false)).isTrue();
  }

  @Test
  void the_last_of_two_values_counts() {
    ParseResult result = parse("run", "--pid-file", "a", "--pid-file=b", "x");
    assertThat(result.<Path>matchedOptionValue("--pid-file", null)).isEqualTo(Path.of("b"));
  }

  @Test
  void what_follows_the_id_of_exec_is_the_programs() {
    ParseResult result =
        parse("exec", "-u", "1", "x", "ls", "-l", "--user=2", "--", "@y", "--help");
    assertThat(result.<String>matchedOptionValue("-u", "")).isEqualTo("1");
    assertThat(positionals(result))
        .containsExactly("x", "ls", "-l", "--user=2", "--", "@y", "--help");
  }

  @Test
  void what_follows_the_id_of_ps_is_for_ps() {
    assertThat(positionals(parse("ps", "-f", "table", "x", "-o", "pid,cmd", "-f")))
        .containsExactly("x", "-o", "pid,cmd", "-f");
  }

  @Test
  void two_dashes_end_the_options() {
    assertThat(positionals(parse("exec", "--", "x", "ls"))).containsExactly("x", "ls");
  }

  @Test
  void what_follows_the_command_is_not_taken_for_a_global_option() {
    GlobalOptions global = new GlobalOptions(System.out);
    CommandLine line = Berth.parser("berth", global);
    line.parseArgs("--root", "state", "kill", "--root", "x");
    assertThat(global.verb()).isEqualTo("kill");
    assertThat(global.verbArgs()).containsExactly("--root", "x");
  }
}
