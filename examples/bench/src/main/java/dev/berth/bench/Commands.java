package dev.berth.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Programs whose time does not count. */
final class Commands {
  private static final Redirect NULL = Redirect.from(Path.of("/dev/null").toFile());

  private Commands() {}

  static boolean isOnPath(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /**
   * Runs a program to its end, which is not worth an interruption.
   *
   * @throws IOException with what it wrote to standard error, if its exit status is not 0
   */
  static void run(List<String> command) throws IOException {
    // To a file: what the program leaves running would keep a pipe open.
    Path errors = Files.createTempFile("berth-bench", ".err");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(NULL)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(errors.toFile())
              .start();
      if (process.onExit().join().exitValue() != 0) {
        throw new IOException(
            "%s: %s".formatted(command.getFirst(), Files.readString(errors).strip()));
      }
    } finally {
      Files.delete(errors);
    }
  }

  /** The first line that a program writes. */
  static String firstLine(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text.lines().findFirst().orElse("");
  }
}
