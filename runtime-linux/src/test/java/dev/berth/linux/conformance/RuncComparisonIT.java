package dev.berth.linux.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.linux.testing.BusyboxRoot;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same configuration, run by this runtime and by runc: what the container sees of itself is the
 * same, but for what {@link KnownDifference} lists.
 */
@RunsContainers
class RuncComparisonIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Path RUNC = Path.of("/usr/sbin/runc");
  private static final Path JQ = Path.of("/usr/bin/jq");

  @RegisterExtension static final Containers containers = new Containers();

  /** A line of {@code configurations.txt}. */
  record Configuration(String name, String jq) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void needs_programs() {
    for (Path program : List.of(RUNC, JQ)) {
      assumeTrue(Files.isExecutable(program), "needs " + program);
    }
  }

  static Stream<Configuration> configurations() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(
            RuncComparisonIT.class.getResourceAsStream("/conformance/configurations.txt"))) {
      return new String(file.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split("\\s+", 2))
          .map(parts -> new Configuration(parts[0], parts[1]));
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void looks_the_same_from_inside(Configuration configuration) throws Exception {
    String id = Containers.newId();
    Path bundle = bundle(configuration, id, "runc");
    Observation runcs = Observation.read(runc(id, bundle), id, bundle);
    bundle = bundle(configuration, id, "berth");
    Observation ours = Observation.read(berth(id, bundle), id, bundle);

    List<String> differences = new ArrayList<>();
    runcs.without(ours).forEach(fact -> differences.add("runc:  " + fact));
    ours.without(runcs).forEach(fact -> differences.add("Berth: " + fact));
    assertThat(KnownDifference.remove(configuration.name(), differences)).isEmpty();
  }

  @Test
  void says_in_the_documentation_what_is_different() throws IOException {
    String page = Files.readString(Path.of("../docs/conformance.md")).replaceAll("\\s+", " ");
    assertThat(KnownDifference.reasons()).allSatisfy(reason -> assertThat(page).contains(reason));
  }

  private static Path bundle(Configuration configuration, String id, String runtime)
      throws Exception {
    Path bundle = Files.createDirectory(containers.directory().resolve(id + "-for-" + runtime));
    Path root = BusyboxRoot.make(bundle.resolve("rootfs"));
    Files.createSymbolicLink(root.resolve("link"), Path.of("/tmp"));
    run(List.of(RUNC.toString(), "spec", "--bundle", bundle.toString()));
    String program =
        ".process.terminal = false | .process.args = [\"sh\", \"-c\", $script] | "
            + configuration.jq();
    Path config = bundle.resolve("config.json");
    String changed =
        run(
            List.of(
                JQ.toString(),
                "--arg",
                "id",
                id,
                "--arg",
                "script",
                Observation.SCRIPT,
                program,
                config.toString()));
    Files.writeString(config, changed);
    return bundle;
  }

  private static String runc(String id, Path bundle) throws Exception {
    Path root = containers.directory().resolve("runc");
    return run(
        List.of(
            RUNC.toString(), "--root", root.toString(), "run", "--bundle", bundle.toString(), id));
  }

  private static String berth(String id, Path bundle) throws Exception {
    return containers.runtime().container(id).bundle(bundle).run(LIMIT).output();
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
    builder.redirectInput(new File("/dev/null"));
    Path errors = Files.createTempFile(containers.directory(), "errors", "");
    Process process = builder.redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    if (output.isEmpty() && !command.contains("spec")) {
      throw new IOException(command + ": " + Files.readString(errors));
    }
    return output;
  }
}
