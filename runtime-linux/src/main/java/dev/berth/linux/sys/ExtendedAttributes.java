package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;

import java.lang.foreign.Arena;

/**
 * Words that are attached to a file; <a
 * href="https://man7.org/linux/man-pages/man7/xattr.7.html">xattr(7)</a>. There may be a word
 * without anything to say.
 */
public final class ExtendedAttributes {
  private ExtendedAttributes() {}

  /**
   * <a href="https://man7.org/linux/man-pages/man2/setxattr.2.html">fsetxattr(2)</a> to nothing.
   *
   * @param file open, and not only by {@code O_PATH}
   * @param name with its namespace, as in {@code user.name}
   */
  public static void fsetxattr(Fd file, String name) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long address = Syscall.cString(arena, name).address();
      long result = Syscall.invoke(arena, SyscallNumber.FSETXATTR, file.number(), address, 0, 0, 0);
      check(result, "fsetxattr(%s, \"%s\")", file, name);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/getxattr.2.html">fgetxattr(2)</a>: whether the
   * file has the attribute.
   */
  public static boolean fgetxattr(Fd file, String name) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long address = Syscall.cString(arena, name).address();
      long result = Syscall.invoke(arena, SyscallNumber.FGETXATTR, file.number(), address, 0, 0);
      if (result == -Errno.ENODATA.number()) {
        return false;
      }
      check(result, "fgetxattr(%s, \"%s\")", file, name);
      return true;
    }
  }
}
