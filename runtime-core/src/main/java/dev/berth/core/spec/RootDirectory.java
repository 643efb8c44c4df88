package dev.berth.core.spec;

import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import dev.berth.core.text.HostPath;
import dev.berth.spec.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code root.path}, found on this machine. */
public final class RootDirectory {
  private RootDirectory() {}

  /**
   * The root file system of a bundle.
   *
   * <p>Symbolic links are resolved here, once: the stub opens the result by a path without any, so
   * that whoever may change a link chooses no other root afterwards.
   *
   * @param bundle the directory that a relative path is taken from
   * @return absolute, without a symbolic link
   * @throws InvalidSpecException if there is no such directory
   */
  public static Path of(Path bundle, Root root) {
    Path path = named(bundle, root);
    try {
      Path resolved = path.toRealPath();
      if (Files.isDirectory(resolved)) {
        return resolved;
      }
      throw invalid(path, "is not a directory");
    } catch (IOException unresolved) {
      throw invalid(path, whatIsWrong(path));
    }
  }

  /** The same; where there is no such directory yet, as it is named. */
  public static Path ifPresent(Path bundle, Root root) {
    Path path = named(bundle, root);
    try {
      return path.toRealPath();
    } catch (IOException absent) {
      return path;
    }
  }

  private static Path named(Path bundle, Root root) {
    return HostPath.absolute(bundle.resolve(HostPath.of(root.path()))).normalize();
  }

  private static String whatIsWrong(Path path) {
    if (Files.isSymbolicLink(path)) {
      return "is a symbolic link that leads nowhere";
    }
    return Files.notExists(path)
        ? "does not exist"
        : "cannot be reached; the user must be permitted to search every directory on the way";
  }

  private static InvalidSpecException invalid(Path path, String problem) {
    return new InvalidSpecException(
        "config.json", List.of(new Problem("root.path", "\"%s\" %s".formatted(path, problem))));
  }
}
