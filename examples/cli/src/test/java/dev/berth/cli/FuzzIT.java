package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Runs {@link UserFuzz} in a JVM of its own, all of which Jazzer instruments. For longer: {@code
 * -Dberth.fuzz.seconds=3600}.
 */
class FuzzIT {
  private static final String SECONDS = System.getProperty("berth.fuzz.seconds", "10");

  @Test
  void t29_a_user_is_what_it_reads_as_or_refused() throws Exception {
    Path work = Files.createDirectories(Path.of("target/fuzz").toAbsolutePath());
    Path log = work.resolve("UserFuzz.log");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx512m",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + UserFuzz.class.getName(),
                "--instrumentation_includes=dev.berth.**",
                "--custom_hook_includes=none",
                "--reproducer_path=" + work,
                "-artifact_prefix=" + work + "/UserFuzz-",
                "-max_total_time=" + SECONDS,
                "-timeout=10",
                "-rss_limit_mb=0",
                "-len_control=0",
                Files.createDirectories(work.resolve("UserFuzz")).toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(jvm.waitFor()).as(Files.readString(log)).isZero();
    assertThat(Files.readAllLines(log)).last().asString().matches("Done \\d+ runs in .*");
  }
}
