package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Descriptors that the caller of {@code berth} has opened for the program. */
class DescriptorsIT {
  private static final String THREE = "exec \"$@\" 3<../three";
  private static final String FOUR = "exec \"$@\" 4<../four";
  private static final String BOTH = "exec \"$@\" 3<../three 4<../four";

  @RegisterExtension final Installation berth = new Installation();

  @BeforeEach
  void prepare() throws IOException {
    Files.writeString(berth.file("three"), "three\n");
    Files.writeString(berth.file("four"), "four\n");
  }

  @Test
  void a_program_gets_as_many_as_were_announced() throws IOException {
    berth.command("sh", "-c", "cd /proc/self/fd; echo *; cat <&3; cat <&4");
    // 5 is the shell's own, of the directory that it reads.
    assertThat(berth.shell(BOTH, "run", "--preserve-fds", "2", berth.id("a")))
        .isEqualTo(new Outcome(0, "0 1 2 3 4 5\nthree\nfour\n", ""));
    berth.command("sh", "-c", "cd /proc/self/fd; echo *; cat <&3");
    assertThat(berth.shell(BOTH, "run", "--preserve-fds", "1", berth.id("a")))
        .isEqualTo(new Outcome(0, "0 1 2 3 4\nthree\n", ""));
    berth.command("sh", "-c", "cd /proc/self/fd; echo *");
    assertThat(berth.shell(BOTH, "run", berth.id("a"))).isEqualTo(new Outcome(0, "0 1 2 3\n", ""));
  }

  /** The numbers that the caller left free are the JVM's own by then. */
  @ParameterizedTest
  @CsvSource({"1, 3, exec \"$@\"", "2, 4, " + THREE, "1, 3, " + FOUR, "9, 5, " + BOTH})
  void one_that_the_caller_has_not_opened_is_named(int count, int missing, String script)
      throws IOException {
    berth.command("true");
    String problem = "--preserve-fds %d: descriptor %d is not open\n".formatted(count, missing);
    String number = Integer.toString(count);
    assertThat(berth.shell(script, "run", "--preserve-fds", number, berth.id("a")))
        .isEqualTo(new Outcome(1, "", problem));
    assertThat(berth.shell(script, "create", "--preserve-fds", number, berth.id("a")))
        .isEqualTo(new Outcome(1, "", problem));
    String id = berth.sleeping("b");
    assertThat(berth.shell(script, "exec", "--preserve-fds", number, id, "true"))
        .isEqualTo(new Outcome(255, "", problem));
    berth.remove(id);
  }

  @Test
  void an_exec_gets_its_own() throws IOException {
    String id = berth.sleeping("a");
    assertThat(berth.shell(BOTH, "exec", "--preserve-fds", "2", id, "sh", "-c", "cat <&4; cat <&3"))
        .isEqualTo(new Outcome(0, "four\nthree\n", ""));
    berth.remove(id);
  }

  @Test
  void sockets_of_a_service_manager_come_first_and_are_announced() throws IOException {
    berth.command("sh", "-c", "echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; cat <&3; cat <&4");
    String manager = "export LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=web; ";
    assertThat(berth.shell(manager + BOTH, "run", "--preserve-fds", "1", berth.id("a")))
        .isEqualTo(new Outcome(0, "1 1 web\nthree\nfour\n", ""));
  }

  @Test
  void sockets_that_are_meant_for_another_process_are_not_handed_on() throws IOException {
    berth.command("sh", "-c", "echo ${LISTEN_FDS-none}; cd /proc/self/fd; echo *");
    assertThat(berth.shell("export LISTEN_FDS=1 LISTEN_PID=1; " + THREE, "run", berth.id("a")))
        .isEqualTo(new Outcome(0, "none\n0 1 2 3\n", ""));
  }

  @Test
  void sockets_that_are_not_there_are_named() throws IOException {
    berth.command("true");
    assertThat(berth.shell("export LISTEN_FDS=2 LISTEN_PID=$$; " + THREE, "run", berth.id("a")))
        .isEqualTo(new Outcome(1, "", "LISTEN_FDS 2: descriptor 4 is not open\n"));
    assertThat(berth.shell("export LISTEN_FDS=x LISTEN_PID=$$; exec \"$@\"", "run", berth.id("a")))
        .isEqualTo(new Outcome(1, "", "LISTEN_FDS \"x\": not a number\n"));
  }
}
