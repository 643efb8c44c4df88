package dev.berth.linux.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Where a descriptor of this JVM comes from. The number alone does not say: a JVM that is started
 * with descriptor 0, 1 or 2 closed opens its own files there, and so does the program that it runs.
 *
 * <p>The number of the JDK's {@code lib/modules} says it. HotSpot opens that file before it runs
 * any Java code, at the lowest free number, and keeps it open. What it has opened before (logs, the
 * AOT cache) is close-on-exec, and a descriptor that has survived an execve(2) is not. So a lower
 * number without that flag is the caller's. A higher number may also be a file of the JVM or of its
 * program, since the JDK's class libraries do not open files close-on-exec.
 */
public enum DescriptorOrigin {
  /** The process that started this JVM has opened it. */
  CALLER,
  /** This JVM was started without it. */
  CLOSED,
  /** The caller has opened it, or this JVM has: a lower number was closed at its start. */
  UNKNOWN;

  private static final Path OPEN = Path.of("/proc/self/fd");

  /** How the kernel marks the name of a file that was removed, by an upgrade of the JDK here. */
  private static final String DELETED = " (deleted)";

  /**
   * Looks at descriptor {@code number}.
   *
   * @throws IOException if {@code /proc} is not mounted
   */
  public static DescriptorOrigin of(int number) throws IOException {
    if (!Files.exists(OPEN)) {
      throw new IOException(OPEN + ": does not exist; /proc has to be mounted");
    }
    String modules = modules();
    boolean allOpenBelow = true;
    for (int lower = 0; lower < number; lower++) {
      allOpenBelow &= !isFile(lower, modules);
    }
    if (isFile(number, modules) || !survivesExec(number)) {
      return CLOSED;
    }
    return allOpenBelow ? CALLER : UNKNOWN;
  }

  /** A JDK without this file, which only its own developers build, cannot be asked. */
  private static String modules() throws IOException {
    Path file = Path.of(System.getProperty("java.home"), "lib", "modules");
    try {
      return file.toRealPath().toString();
    } catch (NoSuchFileException removed) {
      return file.toString();
    }
  }

  private static boolean isFile(int number, String path) throws IOException {
    try {
      String open = Files.readSymbolicLink(OPEN.resolve(Integer.toString(number))).toString();
      return open.equals(path) || open.equals(path + DELETED);
    } catch (NoSuchFileException closed) {
      return false;
    }
  }

  /** One that is closed does not. */
  private static boolean survivesExec(int number) throws SyscallException {
    try {
      int flags = Descriptors.fcntl(new Fd(number), Descriptors.F_GETFD, 0);
      return (flags & Descriptors.FD_CLOEXEC) == 0;
    } catch (SyscallException refused) {
      if (refused.errno() == Errno.EBADF) {
        return false;
      }
      throw refused;
    }
  }
}
