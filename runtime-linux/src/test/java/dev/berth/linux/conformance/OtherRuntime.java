package dev.berth.linux.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * One by its command line, which the others copy from runc.
 *
 * @param directory for its state and for what it writes
 * @param options in front of the command
 */
record OtherRuntime(Path program, Path directory, List<String> options) implements OciRuntime {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final List<Path> PLACES = List.of(Path.of("/usr/sbin"), Path.of("/usr/bin"));

  /** One of this machine; without it, the test is skipped. */
  static OtherRuntime of(String name, Path directory, String... options) {
    Path program =
        PLACES.stream()
            .map(place -> place.resolve(name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    assumeTrue(program != null, "needs " + name + " (Debian: " + name + ")");
    return new OtherRuntime(program, directory, List.of(options));
  }

  @Override
  public Outcome run(String id, Path bundle) throws IOException, InterruptedException {
    return command("run", "--bundle", bundle.toString(), id);
  }

  @Override
  public Outcome create(String id, Path bundle) throws IOException, InterruptedException {
    return command("create", "--bundle", bundle.toString(), id);
  }

  @Override
  public Outcome start(String id) throws IOException, InterruptedException {
    return command("start", id);
  }

  @Override
  public Outcome update(String id, String resources) throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("resources"), resources);
    return command("update", "--resources", file.toString(), id);
  }

  @Override
  public Outcome pause(String id) throws IOException, InterruptedException {
    return command("pause", id);
  }

  @Override
  public Outcome resume(String id) throws IOException, InterruptedException {
    return command("resume", id);
  }

  @Override
  public String status(String id) throws IOException, InterruptedException {
    return state("\"status\": *\"(\\w+)\"", id);
  }

  @Override
  public long pid(String id) throws IOException, InterruptedException {
    return Long.parseLong(state("\"pid\": *(\\d+)", id));
  }

  private String state(String pattern, String id) throws IOException, InterruptedException {
    String state = command("state", id).orThrow().output();
    return Pattern.compile(pattern)
        .matcher(state)
        .results()
        .map((MatchResult found) -> found.group(1))
        .findFirst()
        .orElseThrow(() -> new AssertionError(state));
  }

  @Override
  public void delete(String id) throws IOException, InterruptedException {
    command("delete", "--force", id);
  }

  /** The container's standard streams are those of the command, so they are a file. */
  private Outcome command(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(options);
    command.addAll(List.of("--root", directory.resolve(name()).toString()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(directory, "output", "");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(LIMIT)) {
      process.destroyForcibly();
      throw new AssertionError(command + " does not end: " + Files.readString(output, UTF_8));
    }
    return new Outcome(process.exitValue(), Files.readString(output, UTF_8));
  }

  private String name() {
    return program.getFileName().toString();
  }

  @Override
  public String toString() {
    return name();
  }
}
