package dev.berth.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Problem;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Rlimit;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecReaderTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "linux.seccomp.architectures[0]|{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_LOG','architectures':['']}}}",
        "linux.seccomp.flags[0]|{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_LOG','flags':['']}}}",
        "linux.memoryPolicy.flags[0]|{'linux':{'memoryPolicy':{'mode':'MPOL_LOCAL','flags':['']}}}",
        "process.scheduler.flags[0]|{'process':{'cwd':'/','scheduler':{'policy':'SCHED_RR','flags':['']}}}"
      })
  void refuses_an_empty_word_in_a_list_of_words(String path, String config) {
    byte[] json =
        config.replaceFirst("[{]", "{'ociVersion':'1.3.0',").replace('\'', '"').getBytes(UTF_8);
    assertThat(SpecReader.read(json, Spec.class).problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.path()).isEqualTo(path);
          assertThat(problem.message()).startsWith("\"\" is unknown; known are ");
        });
  }

  @Test
  void tells_of_a_hundred_problems_and_how_many_more_there_are() {
    String config = "{\"ociVersion\":\"1.3.0\",\"mounts\":[" + "0,".repeat(1_999_999) + "0]}";
    List<Problem> problems = SpecReader.read(config.getBytes(UTF_8), Spec.class).problems();
    assertThat(problems)
        .hasSize(101)
        .startsWith(new Problem("mounts[0]", "expected an object, found a number"))
        .endsWith(new Problem("", "1999900 more problems"));
  }

  @Test
  void makes_keys_printable_and_bounded() {
    String config =
        "{\"ociVersion\":\"1.3.0\",\"annotations\":{\"\\u001b[31m\\nforged \\u202e\":0,\"%s\":0}}"
            .formatted("x".repeat(40_000));
    assertThat(SpecReader.read(config.getBytes(UTF_8), Spec.class).problems())
        .extracting(Problem::path)
        .containsExactly(
            "annotations[\"\\u001b[31m\\nforged \\u202e\"]",
            "annotations[\""
                + "x".repeat(150)
                + "[\u2026 39800 characters \u2026]"
                + "x".repeat(50)
                + "\"]");
  }

  @TempDir Path bundle;

  @Test
  void says_that_a_bundle_has_no_config_json() {
    assertThatThrownBy(() -> SpecReader.read(bundle.resolve("config.json")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("bundle \"%s\": config.json does not exist", bundle);
  }

  @Test
  void says_that_there_is_no_bundle() {
    assertThatThrownBy(() -> SpecReader.read(bundle.resolve("none/config.json")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("bundle \"%s\" does not exist", bundle.resolve("none"));
  }

  @Test
  void reads_a_file() throws IOException {
    Files.writeString(bundle.resolve("config.json"), "{\"ociVersion\": \"1.3.0\"}");

    Reading<Spec> reading = SpecReader.read(bundle.resolve("config.json"));

    assertThat(reading.orThrow(AssertionError::new).ociVersion()).isEqualTo("1.3.0");
  }

  @Test
  void gives_line_and_column_of_broken_json() {
    assertThat(problems("{\n  \"ociVersion\": \"1.3.0\",\n  root\n}"))
        .containsExactly(
            "line 3, column 3: unexpected character ('r' (code 114)): was expecting double-quote to"
                + " start field name");
    assertThat(problems("{\"ociVersion\": \"1.3.0\""))
        .containsExactly("line 1, column 23: the file ends too early");
  }

  @Test
  void refuses_a_file_without_content() {
    assertThat(problems("")).containsExactly("empty");
  }

  @Test
  void refuses_text_behind_the_end() {
    assertThat(problems("{\"ociVersion\": \"1.3.0\"}\n{}"))
        .containsExactly("line 2: more text behind the end");
  }

  @Test
  void refuses_what_is_not_an_object() {
    assertThat(problems("[1, 2]")).containsExactly("expected an object, found an array");
  }

  @Test
  void finds_all_wrong_types_at_once() {
    assertThat(
            problems(
                """
                {
                  "ociVersion": 1,
                  "process": {
                    "args": [7, {"a": []}, null, "ok"],
                    "cwd": "/",
                    "terminal": "true",
                    "user": {"uid": "0", "gid": 1.5}
                  },
                  "root": "rootfs",
                  "mounts": {},
                  "annotations": {"a": 1},
                  "linux": {"namespaces": [{"type": 3}]}
                }
                """))
        .containsExactly(
            "ociVersion: expected a string, found a number",
            "process.args[0]: expected a string, found a number",
            "process.args[1]: expected a string, found an object",
            "process.args[2]: expected a string, found null",
            "process.terminal: expected true or false, found a string",
            "process.user.uid: expected an integer, found a string",
            "process.user.gid: expected an integer, found 1.5",
            "root: expected an object, found a string",
            "mounts: expected an array, found an object",
            "annotations[\"a\"]: expected a string, found a number",
            "linux.namespaces[0].type: expected a string, found a number");
  }

  @Test
  void names_what_must_be_there() {
    assertThat(problems("{\"process\": {}, \"root\": {}, \"mounts\": [{}]}"))
        .containsExactly(
            "process.cwd: missing",
            "root.path: missing",
            "mounts[0].destination: missing",
            "ociVersion: missing");
  }

  @Test
  void names_the_values_that_are_known() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", "linux": {
                  "namespaces": [{"type": "net"}],
                  "personality": {"domain": "BSD"}}}
                """))
        .containsExactly(
            "linux.namespaces[0].type: \"net\" is unknown; known are pid, network, mount, ipc, uts,"
                + " user, cgroup, time",
            "linux.personality.domain: \"BSD\" is unknown; known are LINUX, LINUX32");
  }

  @Test
  void refuses_an_unknown_rlimit() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", "process": {"cwd": "/",
                  "rlimits": [{"type": "RLIMIT_PAPER", "hard": 1, "soft": 1}]}}
                """))
        .containsExactly(
            "process.rlimits[0].type: \"RLIMIT_PAPER\" is unknown; known are RLIMIT_AS, RLIMIT_CORE,"
                + " RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_LOCKS, RLIMIT_MEMLOCK,"
                + " RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_RSS,"
                + " RLIMIT_RTPRIO, RLIMIT_RTTIME, RLIMIT_SIGPENDING, RLIMIT_STACK");
  }

  @Test
  void refuses_integers_that_do_not_fit() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", "linux": {
                  "uidMappings": [{"containerID": 0, "hostID": -1, "size": 4294967296}],
                  "resources": {
                    "memory": {"limit": 9223372036854775808, "swap": 1e400},
                    "cpu": {"shares": 18446744073709551616},
                    "blockIO": {"weight": 65536}}}}
                """))
        .containsExactly(
            "linux.uidMappings[0].hostID: -1 is not within 0 to 4294967295",
            "linux.uidMappings[0].size: 4294967296 is not within 0 to 4294967295",
            "linux.resources.memory.limit: 9223372036854775808 is not within -9223372036854775808 to"
                + " 9223372036854775807",
            "linux.resources.memory.swap: expected an integer, found 1e400",
            "linux.resources.cpu.shares: 18446744073709551616 is not within 0 to"
                + " 18446744073709551615",
            "linux.resources.blockIO.weight: 65536 is not within 0 to 65535");
  }

  @Test
  void holds_64_bit_integers_exactly() {
    Spec spec =
        spec(
            """
            {"ociVersion": "1.3.0",
             "process": {"cwd": "/", "rlimits": [
               {"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 9007199254740993}]},
             "linux": {"resources": {"memory": {"limit": 9223372036854775807}}}}
            """);

    assertThat(spec.process().rlimits())
        .containsExactly(
            new Rlimit(Rlimit.Type.RLIMIT_CORE, Rlimit.INFINITY, 9_007_199_254_740_993L));
    assertThat(spec.linux().resources().memory().limit()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void refuses_a_property_that_is_given_twice() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0",
                 "process": {"cwd": "/", "args": ["true"], "args": ["sh"]},
                 "annotations": {"a.b": "1", "a.b": "2"}}
                """))
        .containsExactly("process.args: given twice", "annotations[\"a.b\"]: given twice");
  }

  @Test
  void takes_null_and_empty_as_absent() {
    Spec spec =
        spec(
            """
            {"ociVersion": "1.3.0", "root": null, "hostname": "", "hooks": null,
             "mounts": null, "annotations": null,
             "process": {"cwd": "/", "user": null, "args": null, "apparmorProfile": ""},
             "linux": {"resources": {"memory": null}, "rootfsPropagation": "", "seccomp": null}}
            """);

    assertThat(spec.root()).isNull();
    assertThat(spec.hostname()).isNull();
    assertThat(spec.mounts()).isEmpty();
    assertThat(spec.annotations()).isEmpty();
    assertThat(spec.process().user()).isEqualTo(User.ROOT);
    assertThat(spec.process().args()).isEmpty();
    assertThat(spec.process().apparmorProfile()).isNull();
    assertThat(spec.linux()).isEqualTo(LinuxSpec.NONE);
  }

  @Test
  void ignores_unknown_properties_and_other_platforms() {
    Spec spec =
        spec(
            """
            {"ociVersion": "1.3.0", "future": {"a": [1, {}]}, "windows": {"layerFolders": 1},
             "solaris": [], "vm": "x", "zos": 1, "freebsd": {},
             "process": {"cwd": "/", "commandLine": 5, "user": {"uid": 1, "username": []}}}
            """);

    assertThat(spec.process().user()).isEqualTo(new User(1, 0));
  }

  @Test
  void refuses_what_is_nested_too_deep_even_where_it_is_ignored() {
    assertThat(problems("{\"future\": " + "[".repeat(100_000)))
        .containsExactly("line 1, column 76: nested deeper than 64 levels");
  }

  @Test
  void refuses_a_number_without_end() {
    assertThat(
            problems(
                "{\"linux\": {\"resources\": {\"pids\": {\"limit\": " + "9".repeat(5000) + "}}}}"))
        .hasSize(1)
        .first()
        .asString()
        .endsWith("a name or a number is too long");
  }

  @Test
  void refuses_a_file_without_end() {
    assertThat(problems(" ".repeat((16 << 20) + 1))).containsExactly("larger than 16 MiB");
  }

  @Test
  void refuses_text_that_is_not_utf_8() {
    byte[] latin = "{\"ociVersion\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(SpecReader.read(latin, Spec.class).problems())
        .extracting(Problem::toString)
        .containsExactly("line 1, column 19: invalid UTF-8 middle byte 0x22");
  }

  @Test
  void reads_a_part_of_a_configuration() {
    ProcessSpec process =
        SpecReader.read(bytes("{\"cwd\": \"/\", \"args\": [\"ps\"]}"), ProcessSpec.class)
            .orThrow(AssertionError::new);
    assertThat(process.args()).containsExactly("ps");

    LinuxResources resources =
        SpecReader.read(bytes("{\"pids\": {\"limit\": 5}}"), LinuxResources.class)
            .orThrow(AssertionError::new);
    assertThat(resources.pids().limit()).isEqualTo(5);
  }

  private static Spec spec(String json) {
    return SpecReader.read(bytes(json), Spec.class).orThrow(AssertionError::new);
  }

  private static List<String> problems(String json) {
    Reading<Spec> reading = SpecReader.read(bytes(json), Spec.class);
    assertThat(reading.value()).isNull();
    return reading.problems().stream().map(Problem::toString).toList();
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
