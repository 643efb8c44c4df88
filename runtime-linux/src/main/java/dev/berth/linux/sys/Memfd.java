package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;

import java.lang.foreign.Arena;

/**
 * Files that are only memory, <a
 * href="https://man7.org/linux/man-pages/man2/memfd_create.2.html">memfd_create(2)</a>, written
 * once and sealed: nobody who gets hold of one, through {@code /proc/PID/exe} for example, can
 * change what runs.
 */
public final class Memfd {

  public static final int MFD_CLOEXEC = 0x1;
  public static final int MFD_ALLOW_SEALING = 0x2;
  public static final int MFD_NOEXEC_SEAL = 0x8;
  public static final int MFD_EXEC = 0x10;

  public static final int F_ADD_SEALS = 1033;
  public static final int F_GET_SEALS = 1034;
  public static final int F_SEAL_SEAL = 0x1;
  public static final int F_SEAL_SHRINK = 0x2;
  public static final int F_SEAL_GROW = 0x4;
  public static final int F_SEAL_WRITE = 0x8;
  public static final int F_SEAL_EXEC = 0x20;

  /**
   * For the owner alone: where a user namespace has no id for the owner, not even root there can
   * open the file.
   */
  private static final int CODE_MODE = 0500;

  private static final int SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

  private Memfd() {}

  /** A sealed file of {@code content}, which is data and cannot be executed. */
  public static Fd ofData(String name, byte[] content) throws SyscallException {
    return sealed(name, content, MFD_NOEXEC_SEAL, SEALS);
  }

  /**
   * A sealed file of {@code content} that its owner, and nobody else, can read and execute.
   *
   * @throws SyscallException {@link Errno#EACCES} if {@code vm.memfd_noexec} is 2
   */
  public static Fd ofCode(String name, byte[] content) throws SyscallException {
    return sealed(name, content, MFD_EXEC, SEALS | F_SEAL_EXEC);
  }

  private static Fd sealed(String name, byte[] content, int executable, int seals)
      throws SyscallException {
    Fd fd;
    int possible = seals;
    try {
      fd = create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | executable);
    } catch (SyscallException refused) {
      if (refused.errno() != Errno.EINVAL) {
        throw refused;
      }
      // Before Linux 6.3 there is no word about execution, neither as a flag nor as a seal.
      fd = create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
      possible &= ~F_SEAL_EXEC;
    }
    try {
      Descriptors.writeFully(fd, content);
      if (executable == MFD_EXEC) {
        Descriptors.fchmod(fd, CODE_MODE);
      }
      Descriptors.fcntl(fd, F_ADD_SEALS, possible);
      return fd;
    } catch (SyscallException failed) {
      fd.close();
      throw failed;
    }
  }

  private static Fd create(String name, int flags) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long address = Syscall.cString(arena, name).address();
      long result = Syscall.invoke(arena, SyscallNumber.MEMFD_CREATE, address, flags);
      return new Fd((int) check(result, "memfd_create(\"%s\")", name));
    }
  }
}
