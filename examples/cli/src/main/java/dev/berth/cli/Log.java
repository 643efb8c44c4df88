package dev.berth.cli;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import dev.berth.spi.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Collectors;
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
  void error(String message) {
    String printable = printable(message);
    err.println(printable);
    if (file != null) {
      append(file, format.line("error", printable, Instant.now()));
    }
  }

  /** What is done differently from what was asked for: for the log, if there is one. */
  void warning(String message) {
    String printable = printable(message);
    if (file == null) {
      err.println("warning: " + printable);
    } else {
      append(file, format.line("warning", printable, Instant.now()));
    }
  }

  /** Several lines are meant: where they come from, each value is on one line. */
  private static String printable(String message) {
    return message.lines().map(Printable::message).collect(Collectors.joining("\n"));
  }

  /** As {@link #error}, and where it arose, if that was asked for. */
  void failure(String message, Throwable cause) {
    error(message);
    if (debug) {
      StringWriter trace = new StringWriter();
      cause.printStackTrace(new PrintWriter(trace));
      err.println(printable(trace.toString().replace("\t", "    ")));
    }
  }

  /** Opened for the one line only: most calls have none. */
  private void append(Path file, String line) {
    try {
      Files.writeString(file, line, CREATE, APPEND);
    } catch (IOException e) {
      err.println(printable("log \"%s\": %s".formatted(file, Reason.of(e))));
    }
  }
}
