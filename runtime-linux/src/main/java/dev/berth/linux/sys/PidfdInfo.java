package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.Optional;

/**
 * What {@code ioctl(PIDFD_GET_INFO)} tells of a process; linux/pidfd.h. Since Linux 6.15 it tells
 * also those that are not its parent how it ended.
 */
public final class PidfdInfo {

  static final long PIDFD_INFO_EXIT = 1 << 3;

  /** The kernel takes the size from the request; this is its {@code PIDFD_INFO_SIZE_VER3}. */
  static final StructLayout LAYOUT =
      Structs.padded(
              88,
              JAVA_LONG.withName("mask"),
              JAVA_LONG.withName("cgroupid"),
              JAVA_INT.withName("pid"),
              JAVA_INT.withName("tgid"),
              JAVA_INT.withName("ppid"),
              JAVA_INT.withName("ruid"),
              JAVA_INT.withName("rgid"),
              JAVA_INT.withName("euid"),
              JAVA_INT.withName("egid"),
              JAVA_INT.withName("suid"),
              JAVA_INT.withName("sgid"),
              JAVA_INT.withName("fsuid"),
              JAVA_INT.withName("fsgid"),
              JAVA_INT.withName("exit_code"))
          .withName("struct pidfd_info");

  /** {@code _IOWR(0xFF, 11, struct pidfd_info)}, with the size of this structure. */
  private static final int PIDFD_GET_INFO = 0xc000_ff0b | (int) LAYOUT.byteSize() << 16;

  private static final int SIGNAL = 0x7f;
  private static final int DUMPED = 0x80;
  private static final int STATUS = 0xff;

  private PidfdInfo() {}

  /**
   * How the process ended, which the kernel tells once its parent has reaped it, and whoever had a
   * pidfd of it by then.
   *
   * @return empty if it is not reaped yet, or this kernel does not tell
   */
  public static Optional<WaitResult> exit(Fd pidfd) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(LAYOUT);
      long mask = Structs.offset(LAYOUT, "mask");
      info.set(JAVA_LONG, mask, PIDFD_INFO_EXIT);
      long result =
          Syscall.invoke(
              arena, SyscallNumber.IOCTL, pidfd.number(), PIDFD_GET_INFO, info.address());
      if (isNotTold(result)) {
        return Optional.empty();
      }
      check(result, "ioctl(%s, PIDFD_GET_INFO)", pidfd);
      return (info.get(JAVA_LONG, mask) & PIDFD_INFO_EXIT) == 0
          ? Optional.empty()
          : Optional.of(ending(info.get(JAVA_INT, Structs.offset(LAYOUT, "exit_code"))));
    }
  }

  /** From a number as wait(2) has it. */
  static WaitResult ending(int code) {
    int signal = code & SIGNAL;
    if (signal == 0) {
      return new WaitResult(WaitResult.Kind.EXITED, code >> 8 & STATUS, Optional.empty());
    }
    boolean dumped = (code & DUMPED) != 0;
    WaitResult.Kind kind = dumped ? WaitResult.Kind.DUMPED : WaitResult.Kind.KILLED;
    return new WaitResult(kind, signal, Optional.empty());
  }

  /**
   * Not at all before Linux 6.13, and until 6.15 not of a process that was reaped; nor where a
   * filter refuses calls of this JVM.
   */
  private static boolean isNotTold(long result) {
    return result == -Errno.ENOTTY.number()
        || result == -Errno.EINVAL.number()
        || result == -Errno.EPERM.number()
        || result == -Errno.ESRCH.number();
  }
}
