package dev.berth.cli;

import dev.berth.InvalidSpecException;
import dev.berth.core.spec.Reading;
import dev.berth.core.spec.SpecReader;
import dev.berth.linux.sys.DescriptorOrigin;
import dev.berth.linux.terminal.HostInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file in which an engine describes a part of {@code config.json}. */
final class JsonFile {
  static final Path STANDARD_INPUT = Path.of("-");

  private JsonFile() {}

  /**
   * Reads the file.
   *
   * @param name what it is, for messages
   * @throws InvalidSpecException if it does not describe such a part
   * @throws IOException if it cannot be read
   */
  static <T extends Record> T read(String name, Path file, Class<T> type) throws IOException {
    Reading<T> reading;
    try (InputStream json = open(file)) {
      reading = SpecReader.read(json, type);
    } catch (IOException e) {
      throw new IOException("%s file \"%s\": %s".formatted(name, file, Reason.of(e)), e);
    }
    return reading.orThrow(
        problems -> new InvalidSpecException("%s file \"%s\"".formatted(name, file), problems));
  }

  private static InputStream open(Path file) throws IOException {
    if (!file.equals(STANDARD_INPUT)) {
      return Files.newInputStream(file);
    }
    if (DescriptorOrigin.of(0) != DescriptorOrigin.CALLER) {
      throw new IOException("standard input is closed");
    }
    return new HostInput();
  }
}
