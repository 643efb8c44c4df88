package dev.berth.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.linux.sys.PidfdInfo.Exit;
import dev.berth.linux.sys.WaitResult.Kind;
import java.io.BufferedReader;
import java.lang.ProcessBuilder.Redirect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PidfdInfoTest {

  @ParameterizedTest
  @CsvSource({"0x0000, EXITED, 0", "0xff00, EXITED, 255", "0x0009, KILLED, 9", "0x8b, DUMPED, 11"})
  void a_number_says_how_a_process_ended(String code, Kind kind, int status) {
    assertThat(Exit.of(Integer.decode(code))).isEqualTo(new Exit(kind, status));
  }

  /** The shell is the parent, and this JVM is not. */
  @ParameterizedTest
  @CsvSource({"exit 7, EXITED, 7", "kill -TERM $$, KILLED, 15"})
  void who_is_not_the_parent_is_told_once_it_is_reaped(String script, Kind kind, int status)
      throws Exception {
    assumeTrue(tellsOthers(), "needs Linux 6.15");
    String child = "sh -c 'echo $$; read line; %s'".formatted(script);
    Process parent =
        new ProcessBuilder("sh", "-c", child + "; echo reaped; read line")
            .redirectError(Redirect.DISCARD)
            .start();
    try (BufferedReader output = parent.inputReader();
        Fd pidfd = Processes.pidfdOpen(Integer.parseInt(output.readLine()))) {
      assertThat(PidfdInfo.exit(pidfd)).as("before").isEmpty();
      parent.getOutputStream().write('\n');
      parent.getOutputStream().flush();
      assertThat(output.readLine()).isEqualTo("reaped");
      assertThat(PidfdInfo.exit(pidfd)).contains(new Exit(kind, status));
    } finally {
      parent.destroy();
      parent.waitFor();
    }
  }

  private static boolean tellsOthers() {
    KernelVersion version = KernelVersion.parse(System.getProperty("os.version"));
    return version.major() > 6 || version.major() == 6 && version.minor() >= 15;
  }

  @Test
  void nothing_is_told_of_a_process_that_runs() throws Exception {
    try (Fd pidfd = Processes.pidfdOpen(1)) {
      assertThat(PidfdInfo.exit(pidfd)).isEmpty();
    }
  }
}
