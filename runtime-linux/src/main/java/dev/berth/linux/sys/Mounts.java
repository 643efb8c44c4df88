package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Trees of mounts that nobody sees yet, and the numbers of <a
 * href="https://man7.org/linux/man-pages/man2/mount_setattr.2.html">mount_setattr(2)</a> and <a
 * href="https://man7.org/linux/man-pages/man2/mount.2.html">mount(2)</a>, which the stub calls.
 */
public final class Mounts {

  public static final int AT_RECURSIVE = 0x8000;

  public static final int MS_SYNCHRONOUS = 1 << 4;
  public static final int MS_MANDLOCK = 1 << 6;
  public static final int MS_DIRSYNC = 1 << 7;
  public static final int MS_I_VERSION = 1 << 23;
  public static final int MS_LAZYTIME = 1 << 25;

  public static final int MS_UNBINDABLE = 1 << 17;
  public static final int MS_PRIVATE = 1 << 18;
  public static final int MS_SLAVE = 1 << 19;
  public static final int MS_SHARED = 1 << 20;

  static final int OPEN_TREE_CLONE = 1;
  static final int OPEN_TREE_CLOEXEC = Directories.O_CLOEXEC;

  private Mounts() {}

  /**
   * <a href="https://man7.org/linux/man-pages/man2/open_tree.2.html">open_tree(OPEN_TREE_CLONE)</a>
   * of a path of the host.
   *
   * @param path absolute: the current directory belongs to the host program
   * @param flags {@code AT_RECURSIVE}, or 0
   */
  public static Fd openTree(String path, int flags) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Syscall.invokeRestarting(
              arena,
              SyscallNumber.OPEN_TREE,
              Directories.AT_FDCWD,
              Syscall.cString(arena, path).address(),
              OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
      return new Fd((int) check(result, "open_tree(\"%s\")", path));
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/mount_setattr.2.html">mount_setattr(2)</a>.
   *
   * @param mount its root
   * @param flags {@code AT_RECURSIVE}, or 0
   */
  public static void mountSetattr(Fd mount, int flags, MountAttr attributes)
      throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = attributes.write(arena);
      long result =
          Syscall.invoke(
              arena,
              SyscallNumber.MOUNT_SETATTR,
              mount.number(),
              Syscall.cString(arena, "").address(),
              Directories.AT_EMPTY_PATH | flags,
              struct.address(),
              struct.byteSize());
      check(result, "mount_setattr(%s)", mount);
    }
  }
}
