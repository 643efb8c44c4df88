package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;

/** Memory of the JVM's that is not Java's. */
final class Mappings {

  static final int PROT_NONE = 0;
  static final int PROT_READ = 0x1;
  static final int PROT_WRITE = 0x2;
  static final int PROT_EXEC = 0x4;
  static final int MAP_PRIVATE = 0x2;
  static final int MAP_ANONYMOUS = 0x20;
  static final int MAP_STACK = 0x2_0000;

  private Mappings() {}

  /** <a href="https://man7.org/linux/man-pages/man2/mmap.2.html">mmap(2)</a> of a whole file. */
  static long mmap(Fd fd, long length, int protection, int flags) throws SyscallException {
    long address = Syscall.invoke(SyscallNumber.MMAP, 0, length, protection, flags, fd.number(), 0);
    return check(address, "mmap(%s, %s bytes)", fd, length);
  }

  /** The same of zeros. */
  static long mmap(long length, int protection, int flags) throws SyscallException {
    long address =
        Syscall.invoke(SyscallNumber.MMAP, 0, length, protection, flags | MAP_ANONYMOUS, -1, 0);
    return check(address, "mmap(%s bytes)", length);
  }

  /** <a href="https://man7.org/linux/man-pages/man2/mprotect.2.html">mprotect(2)</a>. */
  static void mprotect(long address, long length, int protection) throws SyscallException {
    check(
        Syscall.invoke(SyscallNumber.MPROTECT, address, length, protection),
        "mprotect(%s bytes)",
        length);
  }

  /** <a href="https://man7.org/linux/man-pages/man2/munmap.2.html">munmap(2)</a>. */
  static void munmap(long address, long length) throws SyscallException {
    check(Syscall.invoke(SyscallNumber.MUNMAP, address, length), "munmap(%s bytes)", length);
  }
}
