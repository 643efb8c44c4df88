package dev.berth.linux.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The descriptors of this JVM. */
public final class OpenDescriptors {

  private OpenDescriptors() {}

  /** Their entries in {@code /proc/self/fd}, without the one that reading it takes. */
  public static List<Path> list() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.sorted().toList().stream().filter(Files::exists).toList();
    }
  }
}
