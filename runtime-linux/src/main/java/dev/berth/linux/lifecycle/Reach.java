package dev.berth.linux.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a process of root's gets in a user namespace of its own: it is the owner of what is
 * root's, and has no capability that would let it into anything else; path_resolution(7).
 */
final class Reach {
  /** Whether a directory, and all that it is in, lets the process in: most sources share some. */
  private final Map<Path, Boolean> searchable = new HashMap<>();

  /**
   * Whether it gets to {@code path}, both by the links on the way and by where they lead. What is
   * not there is for others to complain about.
   */
  boolean withoutCapabilities(Path path) throws IOException {
    return !Files.exists(path)
        || (isSearchable(path.getParent()) && isSearchable(path.toRealPath().getParent()));
  }

  private boolean isSearchable(@Nullable Path directory) throws IOException {
    if (directory == null) {
      return true;
    }
    Boolean known = searchable.get(directory);
    if (known == null) {
      known = letsIn(directory) && isSearchable(directory.getParent());
      searchable.put(directory, known);
    }
    return known;
  }

  private static boolean letsIn(Path directory) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(directory, "unix:mode,uid,gid");
    int shift = isRoots(attributes, "uid") ? 6 : isRoots(attributes, "gid") ? 3 : 0;
    int mode = (int) Objects.requireNonNull(attributes.get("mode"));
    return (mode >> shift & 1) != 0;
  }

  private static boolean isRoots(Map<String, Object> attributes, String owner) {
    return Objects.equals(attributes.get(owner), 0);
  }
}
