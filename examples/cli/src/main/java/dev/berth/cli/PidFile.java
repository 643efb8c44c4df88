package dev.berth.cli;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file that tells an engine which process to wait for: the number, without a line feed. */
final class PidFile {
  private PidFile() {}

  /**
   * Writes the file in one go, so that whoever waits for it never reads half a number.
   *
   * @param file null for none
   * @throws IOException if it cannot be written; nothing is left of it
   */
  static void write(@Nullable Path file, long pid) throws IOException {
    if (file == null) {
      return;
    }
    // Processes of several PID namespaces may have the same number.
    Path temporary =
        file.resolveSibling(
            ".berth-pid.%s.%x".formatted(ProcessHandle.current().pid(), System.nanoTime()));
    try {
      Files.writeString(temporary, Long.toString(pid), CREATE_NEW);
      Files.move(temporary, file, ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw new IOException("pid file \"%s\": %s".formatted(file, Reason.of(e)), e);
    }
  }
}
