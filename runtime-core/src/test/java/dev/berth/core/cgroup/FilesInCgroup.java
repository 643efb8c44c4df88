package dev.berth.core.cgroup;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a cgroup for a test.
 *
 * @param files what is in them, by name
 */
record FilesInCgroup(Map<String, String> files) implements CgroupContents {

  /** A cgroup with none of the files that only some kernels have. */
  static final FilesInCgroup NONE = new FilesInCgroup(Map.of());

  /** What {@code write} writes, one line each. */
  interface Conversion {
    List<CgroupWrite> writes() throws IOException;
  }

  static List<String> lines(Conversion conversion) {
    try {
      return conversion.writes().stream()
          .map(write -> write.file() + " = " + write.value())
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Optional<String> read(String controller, String file) {
    return Optional.ofNullable(files.get(file)).map(text -> text + "\n");
  }

  @Override
  public List<String> files(String controller) {
    return List.copyOf(files.keySet());
  }
}
