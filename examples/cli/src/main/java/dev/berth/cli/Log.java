package dev.berth.cli;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import dev.berth.core.text.KernelText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where errors go: to people on standard error, and to engines, which read the last line with the
 * level {@code error}, in a file that they named.
 */
final class Log {
  private final PrintStream err;
  private final @Nullable Path file;
  private final LogFormat format;
  private final boolean debug;

  Log(PrintStream err, @Nullable Path file, LogFormat format, boolean debug) {
    this.err = err;
    this.file = file;
    this.format = format;
    this.debug = debug;
  }

  /** Why the command did not do what it was asked to. */
  void error(String text) {
    String message = KernelText.printable(text);
    err.println(message);
    if (file != null) {
      append(file, format.line("error", message, Instant.now()));
    }
  }

  /** What is done differently from what was asked for: for the log, if there is one. */
  void warning(String text) {
    String message = KernelText.printable(text);
    if (file == null) {
      err.println("warning: " + message);
    } else {
      append(file, format.line("warning", message, Instant.now()));
    }
  }

  /** As {@link #error}, and where it arose, if that was asked for. */
  void failure(String message, Throwable cause) {
    error(message);
    if (debug) {
      cause.printStackTrace(err);
    }
  }

  /** Opened for the one line only: most calls have none. */
  private void append(Path file, String line) {
    try {
      Files.writeString(file, line, CREATE, APPEND);
    } catch (IOException e) {
      err.println("log \"%s\": %s".formatted(file, Reason.of(e)));
    }
  }
}
