package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Arguments, variables and names of files are bytes, also in the locale C, in which engines start a
 * program. A shell makes them here: {@code $b} is the byte 0xff, which is nowhere in UTF-8.
 */
@Timeout(90)
class BytesIT {
  private static final String BYTE = "b=$(printf '\\377'); ";

  @RegisterExtension final Installation berth = new Installation();

  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void those_of_a_program_are_passed_on_as_they_are(String locale) throws IOException {
    String id = berth.sleeping("a");
    Outcome outcome =
        berth.shell(
            BYTE
                + "LC_ALL=%s exec \"$@\" --env \"A=<$b>\" ID busybox sh -c"
                    .formatted(locale)
                    .replace("ID", id)
                + " 'for i; do printf %s \"$i\" | busybox od -An -tx1; done;"
                + " printf %s \"$A\" | busybox od -An -tx1' sh \"$b\" '' \"ä$b?\" ä",
            "exec");
    assertThat(outcome).isEqualTo(new Outcome(0, " ff\n c3 a4 ff 3f\n c3 a4\n 3c ff 3e\n", ""));
    berth.remove(id);
  }

  @Test
  void a_program_that_is_not_there_is_named_with_its_bytes() throws IOException {
    String id = berth.sleeping("a");
    Outcome outcome = berth.shell(BYTE + "exec \"$@\" \"/bin/$b\"", "exec", id);
    assertThat(outcome.status()).isEqualTo(255);
    assertThat(outcome.err()).contains("/bin/\\xff").contains("no such file");
    berth.remove(id);
  }

  @Test
  void a_bundle_that_is_not_utf8_is_refused() throws IOException {
    berth.command("true");
    String refused =
        "bundle: path \"%s/\\xff\": not UTF-8; rename it\n".formatted(berth.bundle().getParent());
    String move = BYTE + "mv ../bundle \"../$b\"; ";
    String back = "; s=$?; mv \"../$b\" ../bundle; exit $s";
    assertThat(
            berth.shell(
                move + "\"$@\" --bundle \"../$b\" ID".replace("ID", berth.id("a")) + back, "run"))
        .isEqualTo(new Outcome(1, "", refused));
    assertThat(berth.shell(move + "\"$@\"" + back, "run", berth.id("b")))
        .isEqualTo(new Outcome(1, "", refused));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void one_whose_name_the_locale_does_not_have_works(String locale) throws IOException {
    berth.command("echo", "in ä");
    String call =
        "mv ../bundle ../ä; export LC_ALL=%s; \"$@\" --pid-file ../pid-ü; s=$?;"
            + " mv ../ä ../bundle; exit $s";
    Outcome relative =
        berth.shell(
            call.formatted(locale)
                .replace("--pid-file", "--bundle ../ä --pid-file")
                .replace("../pid-ü;", "../pid-ü " + berth.id("a") + ";"),
            "run");
    assertThat(relative).isEqualTo(new Outcome(0, "in ä\n", ""));
    Outcome current =
        berth.shell(
            call.formatted(locale).replace("../pid-ü;", "../pid-ü " + berth.id("b") + ";"), "run");
    assertThat(current).isEqualTo(new Outcome(0, "in ä\n", ""));
    assertThat(Files.readString(berth.file("pid-ü"))).matches("\\d+");
  }

  @Test
  void other_files_may_have_any_name() throws IOException {
    berth.command("true");
    Outcome outcome =
        berth.shell(
            BYTE
                + "\"$@\" --pid-file \"../$b\" ID && cat \"../$b\" | busybox tr -d 0-9; rm \"../$b\""
                    .replace("ID", berth.id("a")),
            "run");
    assertThat(outcome).isEqualTo(new Outcome(0, "", ""));
  }
}
