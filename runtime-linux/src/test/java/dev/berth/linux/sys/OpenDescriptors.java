package dev.berth.linux.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The descriptors of this JVM. */
public final class OpenDescriptors {

  private OpenDescriptors() {}

  /**
   * Number and kind of each that is no file: sockets, pipes, pidfds, memfds. The JVM opens files by
   * itself at any time, to load a class.
   */
  public static List<String> list() throws IOException {
    TreeMap<String, String> descriptors = new TreeMap<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      for (Path entry : entries.toList()) {
        String target = target(entry);
        if (!target.startsWith("/") || target.startsWith("/memfd:")) {
          descriptors.put(entry.getFileName().toString(), target);
        }
      }
    }
    return descriptors.entrySet().stream().map(Object::toString).toList();
  }

  private static String target(Path entry) throws IOException {
    try {
      return Files.readSymbolicLink(entry).toString();
    } catch (NoSuchFileException closed) {
      return "/proc/self/fd"; // the one that the list itself was read from
    }
  }
}
