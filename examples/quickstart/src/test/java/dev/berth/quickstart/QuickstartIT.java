package dev.berth.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.quickstart.Checkout.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody sees who has cloned Berth a minute ago. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class QuickstartIT {
  private static final int UID = 1000;

  @RegisterExtension final Checkout checkout = new Checkout();

  @Test
  void wrong_usage_is_one_line_and_builds_nothing() throws Exception {
    assertThat(checkout.run("./quickstart", "--nonsense"))
        .isEqualTo(new Outcome(2, "", "usage: ./quickstart [PROGRAM [ARGUMENT...]]\n"));
    assertThat(checkout.file("target")).doesNotExist();
  }

  @Test
  void a_build_is_announced_and_a_failed_one_explained() throws Exception {
    Path programs = Files.createDirectory(checkout.file("programs"));
    Path mvn = Files.writeString(programs.resolve("mvn"), "#!/bin/sh\necho no network\nexit 1\n");
    assertThat(mvn.toFile().setExecutable(true)).isTrue();

    Outcome outcome =
        checkout.run("env", "PATH=" + programs + ":" + System.getenv("PATH"), "./quickstart");

    Path log = checkout.file("target/build.log");
    assertThat(outcome)
        .isEqualTo(
            new Outcome(
                1,
                "",
                """
                quickstart: building Berth with Maven, about two minutes the first time; log: LOG
                no network
                quickstart: the build has failed; log: LOG
                """
                    .replace("LOG", log.toString())));
  }

  @Test
  void root_sees_a_container_with_limits() throws Exception {
    assumeRoot();
    checkout.build();
    Outcome outcome = checkout.run("./quickstart");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains("I am process 1 of quickstart, user 0,", "exit status  0", "KiB of memory");
    assertThat(outcome.status()).isZero();
  }

  @Test
  void a_user_who_is_not_root_sees_a_container_too() throws Exception {
    assumeRoot();
    checkout.build();
    Outcome outcome = checkout.runAs(UID, "./quickstart");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains("I am process 1 of quickstart, user 0,", "exit status  0");
    assertThat(outcome.status()).isZero();
  }

  @Test
  void a_program_that_is_not_there_is_one_line() throws Exception {
    assumeRoot();
    checkout.build();
    for (int uid : new int[] {0, UID}) {
      Outcome outcome = checkout.runAs(uid, "./quickstart", "no-such-program");
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .startsWith("quickstart: container \"quickstart\": find program no-such-program")
          .endsWith("executable file not found in $PATH");
      assertThat(outcome.status()).isEqualTo(2);
    }
  }

  /** The fuzzers alone take minutes. */
  @Test
  void skipping_tests_skips_integration_tests() throws Exception {
    for (String property : new String[] {"-DskipTests", "-DskipITs"}) {
      Outcome outcome =
          checkout.run("mvn", "-o", "-N", property, "failsafe:integration-test@default");
      assertThat(outcome.out()).contains("Tests are skipped.");
    }
  }

  private static void assumeRoot() {
    assumeTrue(Files.isWritable(Path.of("/proc/sys/kernel/hostname")), "needs root");
  }
}
