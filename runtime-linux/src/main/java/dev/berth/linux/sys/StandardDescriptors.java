package dev.berth.linux.sys;

/** The numbers 0, 1 and 2 of this JVM. */
public final class StandardDescriptors {
  private static final int LAST = 2;

  private StandardDescriptors() {}

  /**
   * Opens the null device at each of these numbers that is closed. Otherwise a socket, pipe or file
   * of this library would get the number, and receive what the JVM writes to {@link System#out} or
   * {@link System#err}. Does nothing where there is no null device.
   */
  public static void occupy() {
    try {
      Fd opened;
      do {
        opened = Directories.open("/dev/null", Directories.O_RDWR, 0);
      } while (opened.number() <= LAST);
      opened.close();
    } catch (SyscallException noNullDevice) {
      // A stream that leads there is refused later, in words.
    }
  }
}
