package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code ./berth} does for a caller that lacks what programs usually have. */
@Timeout(300)
class OddCallerIT {
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  /** What engines do with a container, whatever has happened to them since its start. */
  private static final String VERBS =
      "\"$@\" list -q; \"$@\" state $ID | grep status && \"$@\" kill $ID KILL && \"$@\" delete -f $ID";

  @RegisterExtension final Installation berth = new Installation();

  private List<String> command;

  @BeforeEach
  void make_checkout() throws IOException {
    command = Checkout.make(berth.file("checkout")).command(berth.root());
  }

  /** A script that makes the caller so, before it does {@link #VERBS}. */
  enum Caller {
    ORDINARY(""),
    IN_A_REMOVED_DIRECTORY("mkdir ../gone; cd ../gone; rmdir ../gone;"),
    IN_A_DIRECTORY_OF_A_LONG_NAME(
        "n=$(printf %0250d 0); mount -t tmpfs none /mnt; cd /mnt;"
            + " for i in $(seq 20); do mkdir $n; cd -P ./$n; done;"),
    WITHOUT_ENVIRONMENT("set -- env -i JAVA_HOME=\"$JAVA_HOME\" \"$@\";"),
    WITHOUT_PATH("set -- /usr/bin/env PATH=/none \"$@\";"),
    WITHOUT_HOME("export HOME=/none TMPDIR=/none XDG_RUNTIME_DIR=/none;"),
    WITHOUT_LOCALE("export LC_ALL=xx_YY LANG=none;"),
    WITH_FEW_DESCRIPTORS("ulimit -n 48;"),
    WITH_LITTLE_ADDRESS_SPACE("ulimit -v 800000;"),
    WITH_A_FULL_TMP(
        "mount --bind /tmp /mnt; mount -t tmpfs -o size=4k none /tmp;"
            + " for d in /mnt/[!h]*/; do mkdir \"/tmp${d#/mnt}\" && mount --bind \"$d\" \"/tmp${d#/mnt}\"; done;"
            + " head -c 4096 /dev/zero >/tmp/full;"),
    WITH_READ_ONLY_FILES("mount --bind \"$ROOT\" \"$ROOT\"; mount -o remount,bind,ro /;"),
    WITHOUT_DEVICES("mount -t tmpfs none /dev;"),
    WITHOUT_INPUT("exec <&-;"),
    WITHOUT_ERROR("exec 2>&-;");

    private final String preparation;

    Caller(String preparation) {
      this.preparation = preparation;
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_container_can_be_listed_killed_and_deleted(Caller caller) throws IOException {
    String id = berth.sleeping("a");
    Outcome outcome = call(caller.preparation + "ID=" + id + ";" + VERBS);
    assertThat(shellsOwnRemoved(outcome.err())).isEmpty();
    assertThat(outcome.out()).isEqualTo(id + "\n  \"status\": \"running\",\n");
    assertThat(outcome.status()).isZero();
    assertThat(berth.berth("list", "-q").out()).isEmpty();
  }

  /** Those of the shell that interprets the script come before its first line. */
  private static String shellsOwnRemoved(String err) {
    return err.lines()
        .filter(line -> !line.matches("(sh|shell-init|job-working-directory): .*getcwd.*"))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void without_output_the_status_tells() throws IOException {
    String id = berth.sleeping("a");
    String script = "exec <&- >&- 2>&-; \"$@\" kill %s KILL && \"$@\" delete -f %1$s".formatted(id);
    assertThat(call(script)).isEqualTo(new Outcome(0, "", ""));
    assertThat(call("exec <&- >&- 2>&-; \"$@\" state " + id)).isEqualTo(new Outcome(1, "", ""));
  }

  @Test
  void without_proc_one_line_says_so() {
    Outcome outcome = call("mount -t tmpfs none /proc; \"$@\" list");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .isEqualTo(
            "berth: /proc: not mounted; a JVM and Berth need it: mount -t proc proc /proc\n");
  }

  /** Relative to another directory, another bundle would run. */
  @Test
  void a_relative_path_leads_nowhere_from_a_removed_directory() throws IOException {
    berth.command("true");
    Outcome outcome = call(Caller.IN_A_REMOVED_DIRECTORY.preparation + "\"$@\" run a");
    assertThat(shellsOwnRemoved(outcome.err()))
        .isEqualTo("bundle \"/proc/self/cwd (unreachable)\": does not exist");
  }

  /** In a mount namespace of its own, so that a script may mount. */
  private Outcome call(String script) {
    String own =
        "export JAVA_HOME='%s' DIR='%s' ROOT='%s'; exec unshare --mount sh -c '%s' sh \"$@\""
            .formatted(JAVA_HOME, berth.file(""), berth.root(), script);
    return berth.shell(command, own);
  }
}
