package dev.berth.linux.lifecycle;

import dev.berth.linux.sys.DescriptorOrigin;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies of descriptors of this JVM that a program is to have as 3, 4, …: taken before anything is
 * made, so that what was handed over is what is handed on, whatever becomes of the number
 * meanwhile.
 */
final class PassedDescriptors implements AutoCloseable {
  private static final int LAST_STANDARD = 2;

  private final List<Fd> copies = new ArrayList<>();

  private PassedDescriptors() {}

  /**
   * Copies them.
   *
   * @throws IOException if one is not open, or is a standard stream that this JVM was started
   *     without; the message names it, and nothing is left open
   */
  static PassedDescriptors copy(List<Integer> numbers) throws IOException {
    for (int number : numbers) {
      requirePassable(number);
    }
    PassedDescriptors passed = new PassedDescriptors();
    try {
      for (int number : numbers) {
        passed.copies.add(Descriptors.duplicate(new Fd(number)));
      }
      return passed;
    } catch (SyscallException e) {
      passed.close();
      int number = numbers.get(passed.copies.size());
      throw new IOException(
          "descriptor %s: %s; it must be open in this program"
              .formatted(number, Errno.describe(e.errno().number())),
          e);
    }
  }

  /**
   * A program knows which numbers from 3 on it has opened. By 0, 1 and 2 it means what its caller
   * has opened there, which a file of the JVM is not.
   */
  private static void requirePassable(int number) throws IOException {
    if (number <= LAST_STANDARD && DescriptorOrigin.of(number) != DescriptorOrigin.CALLER) {
      throw new IOException(
          "descriptor %s: this JVM was not started with it; start it with descriptors 0, 1 and 2"
                  .formatted(number)
              + " open, for example </dev/null");
    }
  }

  /** The copies, in the order given. */
  List<Fd> fds() {
    return copies;
  }

  @Override
  public void close() {
    copies.forEach(Fd::close);
  }
}
