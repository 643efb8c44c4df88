package dev.berth.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.plan.ConfigFuzz;
import dev.berth.core.plan.MountFuzz;
import dev.berth.core.spec.IdMappingFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the fuzz targets of this module, each in a JVM of its own: Jazzer instruments all of one.
 * For longer: {@code -Dberth.fuzz.seconds=3600}. A finding is left in {@code target/fuzz}; put into
 * the seeds of its target, it is run first from then on.
 */
class FuzzIT {
  private static final String SECONDS = System.getProperty("berth.fuzz.seconds", "10");
  private static final Path SEEDS = Path.of("src/test/resources/fuzz");
  private static final Path WORK = Path.of("target/fuzz").toAbsolutePath();

  @ParameterizedTest
  @ValueSource(classes = {ConfigFuzz.class, MountFuzz.class, IdMappingFuzz.class})
  void takes_whatever_it_is_given(Class<?> target) throws Exception {
    String name = target.getSimpleName();
    Path found = Files.createDirectories(WORK.resolve(name));
    Path log = WORK.resolve(name + ".log");
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
                "--target_class=" + target.getName(),
                "--instrumentation_includes=dev.berth.**",
                // The hooks look for injections into other programs, of which there are none.
                "--custom_hook_includes=none",
                "--reproducer_path=" + WORK,
                "-artifact_prefix=" + WORK + "/" + name + "-",
                "-max_total_time=" + SECONDS,
                "-timeout=10",
                "-rss_limit_mb=0",
                "-len_control=0",
                "-dict=" + dictionary(),
                found.toString(),
                SEEDS.resolve(name).toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int status = jvm.waitFor();
    List<String> lines = Files.readAllLines(log, UTF_8);
    assertThat(status).as(String.join("\n", lines)).isZero();
    assertThat(lines).as(log.toString()).last().asString().matches("Done \\d+ runs in .*");
    System.out.println(name + ": " + lines.getLast());
  }

  /** The names in a configuration, which no mutation finds by itself. */
  private static Path dictionary() throws IOException {
    Path names = Path.of("src/test/resources/dev/berth/core/spec/runtime-spec-1.3-properties.txt");
    TreeSet<String> words = new TreeSet<>();
    for (String line : Files.readAllLines(names)) {
      for (String word : line.split("[^A-Za-z0-9]+")) {
        words.add("\"\\\"%s\\\"\"".formatted(word));
      }
    }
    return Files.write(WORK.resolve("dictionary"), words);
  }
}
