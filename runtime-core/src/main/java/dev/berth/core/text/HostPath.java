package dev.berth.core.text;

import dev.berth.spi.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Paths of the host as text, and back. {@link Path#toString} and {@link Path#of} go by the locale
 * of the JVM: in the locale C they lose, or refuse, each character beyond ASCII. The bytes of a
 * path are what its URI has, and what a path is made of from a URI.
 */
public final class HostPath {
  private static final Path ROOT = Path.of("/");
  private static final Path OWN_DIRECTORY = Path.of("/proc/self/cwd");
  private static final String SCHEME = "file://";

  private HostPath() {}

  /**
   * The path of this text, whose bytes are those of {@link KernelText}.
   *
   * @throws IllegalArgumentException if there is a NUL in it, or what is neither a character nor a
   *     byte
   */
  public static Path of(String text) {
    if (KernelText.isKnown(text)) {
      return Path.of(text);
    }
    StringBuilder uri = new StringBuilder(SCHEME);
    // One slash at the beginning, or what follows would be the name of a host.
    uri.append('/');
    for (byte each : KernelText.encode(text.replaceFirst("^/+", ""))) {
      boolean plain = each == '/' || (each > ' ' && Character.isLetterOrDigit(each));
      uri.append(plain ? (char) each : "%%%02x".formatted(each));
    }
    Path absolute = Path.of(URI.create(uri.toString()));
    return text.startsWith("/") ? absolute : absolute.subpath(0, absolute.getNameCount());
  }

  /**
   * The text of this path.
   *
   * @throws IllegalArgumentException if it is not UTF-8: configurations and states are
   */
  public static String text(Path path) {
    String ascii = path.toString();
    if (KernelText.isKnown(ascii)) {
      return ascii;
    }
    String uri = ROOT.resolve(path).toUri().getRawPath();
    // A directory's ends with a slash.
    String trimmed = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    String text = KernelText.decode(percentDecoded(trimmed));
    if (KernelText.hasHalfACharacter(text)) {
      throw new IllegalArgumentException(
          "path \"%s\": not UTF-8; rename it".formatted(Printable.value(text)));
    }
    return path.isAbsolute() ? text : text.substring(1);
  }

  private static byte[] percentDecoded(String uri) {
    byte[] bytes = new byte[uri.length()];
    int length = 0;
    for (int i = 0; i < uri.length(); i++) {
      if (uri.charAt(i) == '%') {
        bytes[length++] = (byte) Integer.parseInt(uri, i + 1, i + 3, 16);
        i += 2;
      } else {
        bytes[length++] = (byte) uri.charAt(i);
      }
    }
    return Arrays.copyOf(bytes, length);
  }

  /** This path from the root on. */
  public static Path absolute(Path path) {
    return resolved(path).toAbsolutePath();
  }

  /**
   * This path, or its absolute one where the JDK would take it from a wrong directory: the JDK goes
   * by the property {@code user.dir}, which has lost what the locale could not take of the name.
   */
  public static Path resolved(Path path) {
    if (path.isAbsolute() || KernelText.isKnown(System.getProperty("user.dir"))) {
      return path;
    }
    try {
      return Files.readSymbolicLink(OWN_DIRECTORY).resolve(path);
    } catch (IOException e) {
      throw new UncheckedIOException("%s: %s".formatted(OWN_DIRECTORY, e.getMessage()), e);
    }
  }
}
