package dev.berth.cli;

import dev.berth.InvalidSpecException;
import dev.berth.core.spec.SpecReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file in which an engine describes a part of {@code config.json}. */
final class JsonFile {
  private static final Path STANDARD_INPUT = Path.of("-");

  private JsonFile() {}

  /**
   * Reads the file.
   *
   * @param name what it is, for messages
   * @throws InvalidSpecException if it does not describe such a part
   * @throws IOException if it cannot be read
   */
  static <T extends Record> T read(String name, Path file, Class<T> type) throws IOException {
    try (InputStream text = file.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(file)) {
      return SpecReader.read(text, type)
          .orThrow(problems ->
              new InvalidSpecException("%s file \"%s\"".formatted(name, file), problems));
    } catch (IOException e) {
      throw new IOException("%s file \"%s\": %s".formatted(name, file, Reason.of(e)), e);
    }
  }
}
