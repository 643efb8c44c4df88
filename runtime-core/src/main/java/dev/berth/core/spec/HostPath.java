package dev.berth.core.spec;

import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import dev.berth.spec.Mount;
import dev.berth.spi.Printable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A path on the host, as a configuration has it. */
public final class HostPath {
  private HostPath() {}

  /**
   * The path as Java has it.
   *
   * @param bundle the directory that a relative path is taken from
   * @param property the JSON path of the property
   * @throws InvalidSpecException if the encoding of this JVM's locale does not have all characters
   *     of it
   */
  public static Path of(Path bundle, String property, String path) {
    try {
      return bundle.resolve(path);
    } catch (InvalidPathException e) {
      throw new InvalidSpecException(
          "config.json",
          List.of(
              new Problem(
                  property,
                  "\"%s\": the locale of this JVM does not have all characters of it; start the JVM in a UTF-8 locale, such as LC_ALL=C.UTF-8"
                      .formatted(Printable.value(path)))));
    }
  }

  /** The source of {@code mounts[index]}, which is a bind mount. */
  public static Path ofSource(Path bundle, int index, Mount mount) {
    String source = Objects.requireNonNullElse(mount.source(), "");
    return of(bundle, "mounts[%s].source".formatted(index), source);
  }
}
