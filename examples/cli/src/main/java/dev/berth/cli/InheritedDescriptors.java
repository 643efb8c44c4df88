package dev.berth.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Descriptors from 3 on that the caller of this program has opened for a container's. The JVM opens
 * files, too, at the lowest numbers that are free: a number that the caller left out is likely to
 * be one of those by now, and must not be taken for the caller's.
 */
final class InheritedDescriptors {
  static final int FIRST = 3;

  /** What the JVM opens is close-on-exec, which what it has from its caller cannot be, but this. */
  private static final Path MODULES = Path.of(System.getProperty("java.home"), "lib", "modules");

  private static final int O_CLOEXEC = 0x8_0000;

  private InheritedDescriptors() {}

  /**
   * The numbers of {@code count} descriptors from {@code first} on.
   *
   * @param option by which they were announced, for the message
   * @throws IOException if one of them is not open
   */
  static int[] numbers(String option, int first, int count) throws IOException {
    if (count < 0) {
      throw new IllegalArgumentException("%s %s: less than 0".formatted(option, count));
    }
    int[] numbers = IntStream.range(first, first + count).toArray();
    for (int number : numbers) {
      if (!isInherited(number)) {
        throw new IOException("%s %s: descriptor %s is not open".formatted(option, count, number));
      }
    }
    return numbers;
  }

  private static boolean isInherited(int number) throws IOException {
    Path info = Path.of("/proc/self/fdinfo", Integer.toString(number));
    if (!Files.exists(info)) {
      return false;
    }
    for (String line : Files.readAllLines(info)) {
      if (line.startsWith("flags:")) {
        boolean closes = (Integer.parseInt(line.substring(6).strip(), 8) & O_CLOEXEC) != 0;
        return !closes && !isModules(number);
      }
    }
    throw new IOException("%s: no flags".formatted(info));
  }

  private static boolean isModules(int number) throws IOException {
    Path file = Path.of("/proc/self/fd", Integer.toString(number));
    return Files.isRegularFile(file) && Files.isSameFile(file, MODULES);
  }
}
