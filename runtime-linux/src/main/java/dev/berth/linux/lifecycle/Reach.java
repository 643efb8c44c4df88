package dev.berth.linux.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a process of root's gets in a user namespace of its own: it is the owner of what is
 * root's, and has no capability that would let it into anything else; path_resolution(7).
 */
final class Reach {
  private Reach() {}

  /**
   * Whether it gets to {@code path}, both by the links on the way and by where they lead. What is
   * not there is for others to complain about.
   */
  static boolean withoutCapabilities(Path path) throws IOException {
    return !Files.exists(path)
        || (isSearchable(path.getParent()) && isSearchable(path.toRealPath().getParent()));
  }

  /** Whether {@code directory}, and all that it is in, let it in. */
  private static boolean isSearchable(@Nullable Path directory) throws IOException {
    for (Path each = directory; each != null; each = each.getParent()) {
      Map<String, Object> attributes = Files.readAttributes(each, "unix:mode,uid,gid");
      int shift = isRoots(attributes, "uid") ? 6 : isRoots(attributes, "gid") ? 3 : 0;
      int mode = (int) Objects.requireNonNull(attributes.get("mode"));
      if ((mode >> shift & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRoots(Map<String, Object> attributes, String owner) {
    return Objects.equals(attributes.get(owner), 0);
  }
}
