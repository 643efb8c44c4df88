package dev.berth.cli;

import dev.berth.core.text.KernelText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The arguments of this program, byte for byte: the JVM decodes them in its locale, and has lost
 * what that could not take.
 */
final class Arguments {
  private static final Path FILE = Path.of("/proc/self/cmdline");

  private Arguments() {}

  /**
   * The arguments as {@link KernelText}.
   *
   * @param decoded by the JVM
   * @throws IOException if the kernel does not tell them
   */
  static String[] exact(String... decoded) throws IOException {
    if (Arrays.stream(decoded).allMatch(KernelText::isKnown)) {
      return decoded;
    }
    // Each ends with a NUL. Those of the JVM itself come first.
    String[] all = KernelText.read(FILE).split("\0", -1);
    return Arrays.copyOfRange(all, all.length - 1 - decoded.length, all.length - 1);
  }
}
