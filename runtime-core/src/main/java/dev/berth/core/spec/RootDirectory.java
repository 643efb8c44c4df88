package dev.berth.core.spec;

import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import dev.berth.core.text.HostPath;
import dev.berth.spec.Root;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** {@code root.path}, found on this machine. */
public final class RootDirectory {
  private RootDirectory() {}

  /**
   * The root file system of a bundle.
   *
   * @param bundle the directory that a relative path is taken from
   * @return absolute
   * @throws InvalidSpecException if there is no such directory
   */
  public static Path of(Path bundle, Root root) {
    Path path = HostPath.absolute(bundle.resolve(HostPath.of(root.path()))).normalize();
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return path;
    }
    throw new InvalidSpecException(
        "config.json",
        List.of(new Problem("root.path", "\"%s\" %s".formatted(path, whatIsWrong(path)))));
  }

  private static String whatIsWrong(Path path) {
    if (Files.isSymbolicLink(path)) {
      // Whoever may change the link could choose another root between the checks and the mount.
      return "is a symbolic link; name the directory that it leads to";
    }
    return Files.exists(path) ? "is not a directory" : "does not exist";
  }
}
