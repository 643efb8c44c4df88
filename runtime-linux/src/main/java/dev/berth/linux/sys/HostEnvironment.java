package dev.berth.linux.sys;

import dev.berth.core.text.KernelText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The environment that this program was started with. {@link System#getenv()} has lost what the
 * locale of the JVM could not take of it.
 */
public final class HostEnvironment {
  private static final Path FILE = Path.of("/proc/self/environ");

  private HostEnvironment() {}

  /** The value of a variable, as {@link KernelText}; null if it is not set. */
  public static @Nullable String get(String name) {
    return variables().get(name);
  }

  /** All variables, as {@link KernelText}. */
  public static Map<String, String> variables() {
    Map<String, String> known = System.getenv();
    return known.values().stream().allMatch(KernelText::isKnown) ? known : read();
  }

  private static Map<String, String> read() {
    try {
      Map<String, String> variables = new HashMap<>();
      for (String variable : KernelText.read(FILE).split("\0", -1)) {
        int equals = variable.indexOf('=');
        if (equals > 0) {
          variables.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
      }
      return variables;
    } catch (IOException e) {
      throw new UncheckedIOException("%s: %s".formatted(FILE, e.getMessage()), e);
    }
  }
}
