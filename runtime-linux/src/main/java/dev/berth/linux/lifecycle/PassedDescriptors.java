package dev.berth.linux.lifecycle;

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
  private final List<Fd> copies = new ArrayList<>();

  private PassedDescriptors() {}

  /**
   * Copies them.
   *
   * @throws IOException if one is not open, which it names; nothing is left open
   */
  static PassedDescriptors copy(List<Integer> numbers) throws IOException {
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

  /** The copies, in the order given. */
  List<Fd> fds() {
    return copies;
  }

  @Override
  public void close() {
    copies.forEach(Fd::close);
  }
}
