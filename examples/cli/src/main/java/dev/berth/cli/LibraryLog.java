package dev.berth.cli;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Leads what the library logs to the command's {@link Log}; found by {@link
 * java.util.ServiceLoader}. Besides, the JDK's own logging would take longer to start than most
 * commands take altogether.
 */
public final class LibraryLog extends System.LoggerFinder {
  /** The JDK makes the finder, and nothing can be handed to it. */
  private static final AtomicReference<@Nullable Log> TARGET = new AtomicReference<>();

  /** For {@link java.util.ServiceLoader}. */
  public LibraryLog() {}

  static void leadTo(Log log) {
    TARGET.set(log);
  }

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new Warnings(name);
  }

  private record Warnings(String name) implements System.Logger {
    @Override
    public String getName() {
      return name;
    }

    @Override
    public boolean isLoggable(Level level) {
      return level.getSeverity() >= Level.WARNING.getSeverity();
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
      warn(level, message);
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String format, Object @Nullable ... values) {
      warn(level, values == null ? format : new MessageFormat(format, Locale.ROOT).format(values));
    }

    private void warn(Level level, String message) {
      Log log = TARGET.get();
      if (log != null && isLoggable(level)) {
        log.warning(message);
      }
    }
  }
}
