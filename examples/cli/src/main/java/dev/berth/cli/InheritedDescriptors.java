package dev.berth.cli;

import dev.berth.linux.sys.DescriptorOrigin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Descriptors from 3 on that the caller of this program has opened for a container's. The JVM opens
 * files, too, at the lowest numbers that are free: a number that the caller left out is likely to
 * be one of those by now, and must not be taken for the caller's.
 */
final class InheritedDescriptors {
  static final int FIRST = 3;

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
    List<Integer> numbers = new ArrayList<>();
    while (numbers.size() < count) {
      int number = first + numbers.size();
      if (DescriptorOrigin.of(number) != DescriptorOrigin.CALLER) {
        throw new IOException("%s %s: descriptor %s is not open".formatted(option, count, number));
      }
      numbers.add(number);
    }
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
