package dev.berth.cli;

import dev.berth.InvalidSpecException;
import dev.berth.core.spec.SpecReader;
import dev.berth.spec.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file in which an engine describes the program of an exec. */
final class ProcessFile {
  private static final Path STANDARD_INPUT = Path.of("-");

  private ProcessFile() {}

  /**
   * Reads the file.
   *
   * @throws InvalidSpecException if it does not describe a process
   * @throws IOException if it cannot be read
   */
  static ProcessSpec read(Path file) throws IOException {
    byte[] text;
    try {
      text = file.equals(STANDARD_INPUT) ? System.in.readAllBytes() : Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException("process file \"%s\": %s".formatted(file, Reason.of(e)), e);
    }
    return SpecReader.read(text, ProcessSpec.class)
        .orThrow(
            problems -> new InvalidSpecException("process file \"%s\"".formatted(file), problems));
  }
}
