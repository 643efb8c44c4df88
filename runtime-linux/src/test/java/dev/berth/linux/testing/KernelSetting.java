package dev.berth.linux.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file below {@code /proc/sys} or {@code /sys}. */
public final class KernelSetting {
  private static final int ENOUGH = 4096;

  private KernelSetting() {}

  /**
   * What it says, without the end of the line. A number below {@code /proc/sys} is there for the
   * first read(2) only, as much of it as fits, and that of {@link Files#readString} is for one
   * byte, since the file has a size of 0.
   */
  public static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[ENOUGH];
      int length = Math.max(in.read(buffer), 0);
      return new String(buffer, 0, length, UTF_8).strip();
    }
  }
}
