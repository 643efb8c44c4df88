package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Calls on names in a directory, where the directory is held open. */
public final class Directories {

  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_NOCTTY = 0x100;
  public static final int O_TRUNC = 0x200;
  public static final int O_APPEND = 0x400;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_DIRECTORY = Architecture.current().directoryFlag();
  public static final int O_NOFOLLOW = Architecture.current().noFollowFlag();
  public static final int O_CLOEXEC = 0x8_0000;
  public static final int O_PATH = 0x20_0000;

  public static final int AT_FDCWD = -100;
  public static final int AT_REMOVEDIR = 0x200;
  static final int AT_EMPTY_PATH = 0x1000;

  static final int STATX_BASIC_STATS = 0x7ff;

  static final int S_IFMT = 0170000;
  public static final int S_IFIFO = 0010000;
  public static final int S_IFCHR = 0020000;
  public static final int S_IFBLK = 0060000;

  public static final int RENAME_NOREPLACE = 0x1;

  static final StructLayout STATX =
      MemoryLayout.structLayout(
              JAVA_INT.withName("stx_mask"),
              JAVA_INT.withName("stx_blksize"),
              JAVA_LONG.withName("stx_attributes"),
              JAVA_INT.withName("stx_nlink"),
              JAVA_INT.withName("stx_uid"),
              MemoryLayout.paddingLayout(4), // stx_gid
              JAVA_SHORT.withName("stx_mode"),
              MemoryLayout.paddingLayout(2),
              JAVA_LONG.withName("stx_ino"),
              MemoryLayout.paddingLayout(56), // from stx_size to stx_btime
              JAVA_LONG.withName("stx_ctime.tv_sec"),
              JAVA_INT.withName("stx_ctime.tv_nsec"),
              MemoryLayout.paddingLayout(20), // and stx_mtime
              JAVA_INT.withName("stx_rdev_major"),
              JAVA_INT.withName("stx_rdev_minor"),
              MemoryLayout.paddingLayout(120))
          .withName("struct statx");

  /** Places in a {@code struct linux_dirent64}, which no header for programs has. */
  private static final int DIRENT_LENGTH = 16;

  private static final int DIRENT_TYPE = 18;
  private static final int DIRENT_NAME = 19;

  static final int DT_DIR = 4;

  private static final int ENTRIES_SIZE = 1 << 13;

  private static final int LINK_SIZE = 256;

  /** A race has to be won by the attacker this often in a row to make a call fail. */
  private static final int RESOLVE_ATTEMPTS = 64;

  private Directories() {}

  /**
   * <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a> of a path of the host.
   *
   * @param path absolute: the current directory belongs to the host program
   * @param flags {@code O_CLOEXEC} is always among them
   * @param mode of a file that is made
   */
  public static Fd open(String path, int flags, int mode) throws SyscallException {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("relative path \"" + path + "\"");
    }
    return openat(AT_FDCWD, path, flags, mode, "open(\"" + path + "\")");
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/open.2.html">openat(2)</a>.
   *
   * @param flags {@code O_CLOEXEC} is always among them
   * @param mode of a file that is made
   */
  public static Fd openat(Fd directory, String path, int flags, int mode) throws SyscallException {
    return openat(
        directory.number(), path, flags, mode, "openat(" + directory + ", \"" + path + "\")");
  }

  private static Fd openat(int directory, String path, int flags, int mode, String call)
      throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Syscall.invokeRestarting(
              arena,
              SyscallNumber.OPENAT,
              directory,
              Syscall.cString(arena, path).address(),
              flags | O_CLOEXEC,
              mode);
      return new Fd((int) check(result, "%s", call));
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/openat2.2.html">openat2(2)</a>: the kernel
   * enforces how the path resolves.
   *
   * @param how {@code O_CLOEXEC} is always among its flags
   */
  public static Fd openat2(Fd directory, String path, OpenHow how) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long result = openat2(arena, directory, Syscall.cString(arena, path), how);
      return new Fd((int) check(result, "openat2(%s, \"%s\")", directory, path));
    }
  }

  private static long openat2(Arena arena, Fd directory, MemorySegment path, OpenHow how) {
    OpenHow closing = new OpenHow(how.flags() | O_CLOEXEC, how.mode(), how.resolve());
    MemorySegment struct = closing.write(arena);
    long result;
    int attempts = 0;
    do {
      // EAGAIN: something was renamed or mounted while a ".." was being resolved below the root.
      // The kernel gives up rather than guess; it is for us to try again, but not for ever.
      result =
          Syscall.invokeRestarting(
              arena,
              SyscallNumber.OPENAT2,
              directory.number(),
              path.address(),
              struct.address(),
              struct.byteSize());
      attempts++;
    } while (result == -Errno.EAGAIN.number() && attempts < RESOLVE_ATTEMPTS);
    return result;
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/getdents64.2.html">getdents64(2)</a> until the
   * end.
   *
   * @param directory open for reading, at its start
   * @return the names of the directories in it, for a file system that tells the types of its files
   */
  public static List<String> subdirectories(Fd directory) throws SyscallException {
    List<String> names = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entries = arena.allocate(ENTRIES_SIZE, Long.BYTES);
      while (true) {
        long result =
            Syscall.invoke(
                arena,
                SyscallNumber.GETDENTS64,
                directory.number(),
                entries.address(),
                entries.byteSize());
        long end = check(result, "getdents64(%s)", directory);
        if (end == 0) {
          return names;
        }
        for (long at = 0; at < end; at += entries.get(JAVA_SHORT, at + DIRENT_LENGTH)) {
          String name = Syscall.text(entries.asSlice(at + DIRENT_NAME));
          if (entries.get(JAVA_BYTE, at + DIRENT_TYPE) == DT_DIR && !isDots(name)) {
            names.add(name);
          }
        }
      }
    }
  }

  /** Whether every directory has it. */
  private static boolean isDots(String name) {
    return name.equals(".") || name.equals("..");
  }

  /** <a href="https://man7.org/linux/man-pages/man2/mkdir.2.html">mkdirat(2)</a>. */
  public static void mkdirat(Fd directory, String path, int mode) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long address = Syscall.cString(arena, path).address();
      long result = Syscall.invoke(arena, SyscallNumber.MKDIRAT, directory.number(), address, mode);
      check(result, "mkdirat(%s, \"%s\", 0%o)", directory, path, mode);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/unlink.2.html">unlinkat(2)</a>.
   *
   * @param flags {@code AT_REMOVEDIR} for a directory, or 0
   */
  public static void unlinkat(Fd directory, String path, int flags) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long address = Syscall.cString(arena, path).address();
      long result =
          Syscall.invoke(arena, SyscallNumber.UNLINKAT, directory.number(), address, flags);
      check(result, "unlinkat(%s, \"%s\")", directory, path);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/rename.2.html">renameat2(2)</a>.
   *
   * @param flags {@code RENAME_*}, or 0
   */
  public static void renameat2(Fd from, String path, Fd to, String newPath, int flags)
      throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Syscall.invoke(
              arena,
              SyscallNumber.RENAMEAT2,
              from.number(),
              Syscall.cString(arena, path).address(),
              to.number(),
              Syscall.cString(arena, newPath).address(),
              flags);
      check(result, "renameat2(%s, \"%s\", %s, \"%s\")", from, path, to, newPath);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/readlink.2.html">readlinkat(2)</a>, of a link
   * whose content is short, as those of {@code /proc} are.
   *
   * @return the content, cut off after 255 bytes
   */
  public static String readlinkat(Fd directory, String path) throws SyscallException {
    return readlink(directory.number(), path, directory);
  }

  /** {@link #readlinkat} of an absolute path. */
  public static String readlink(String path) throws SyscallException {
    return readlink(AT_FDCWD, path, "AT_FDCWD");
  }

  private static String readlink(int directory, String path, Object name) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment content = arena.allocate(LINK_SIZE);
      long result =
          Syscall.invoke(
              arena,
              SyscallNumber.READLINKAT,
              directory,
              Syscall.cString(arena, path).address(),
              content.address(),
              LINK_SIZE - 1);
      check(result, "readlinkat(%s, \"%s\")", name, path);
      return Syscall.text(content);
    }
  }

  /** <a href="https://man7.org/linux/man-pages/man2/statx.2.html">statx(2)</a> of an open file. */
  public static FileStatus statx(Fd fd) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statx = arena.allocate(STATX);
      long result =
          Syscall.invoke(
              arena,
              SyscallNumber.STATX,
              fd.number(),
              Syscall.cString(arena, "").address(),
              AT_EMPTY_PATH,
              STATX_BASIC_STATS,
              statx.address());
      check(result, "statx(%s)", fd);
      return new FileStatus(
          Short.toUnsignedInt(statx.get(JAVA_SHORT, Structs.offset(STATX, "stx_mode"))),
          statx.get(JAVA_INT, Structs.offset(STATX, "stx_nlink")),
          Integer.toUnsignedLong(statx.get(JAVA_INT, Structs.offset(STATX, "stx_uid"))),
          statx.get(JAVA_LONG, Structs.offset(STATX, "stx_ino")),
          Instant.ofEpochSecond(
              statx.get(JAVA_LONG, Structs.offset(STATX, "stx_ctime.tv_sec")),
              statx.get(JAVA_INT, Structs.offset(STATX, "stx_ctime.tv_nsec"))),
          statx.get(JAVA_INT, Structs.offset(STATX, "stx_rdev_major")),
          statx.get(JAVA_INT, Structs.offset(STATX, "stx_rdev_minor")));
    }
  }
}
