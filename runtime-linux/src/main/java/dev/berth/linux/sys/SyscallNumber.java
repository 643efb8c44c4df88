package dev.berth.linux.sys;

import java.util.Locale;

/**
 * The system calls in use, with their numbers. From 424 on a call has one number on all
 * architectures; before, x86_64 has a table of its own and the others here share {@code
 * asm-generic/unistd.h}.
 */
enum SyscallNumber {
  READ(0, 63),
  WRITE(1, 64),
  CLOSE(3, 57),
  MMAP(9, 222),
  MPROTECT(10, 226),
  MUNMAP(11, 215),
  IOCTL(16, 29),
  SOCKET(41, 198),
  CONNECT(42, 203),
  SENDMSG(46, 211),
  RECVMSG(47, 212),
  BIND(49, 200),
  LISTEN(50, 201),
  SOCKETPAIR(53, 199),
  UNAME(63, 160),
  FCNTL(72, 25),
  FLOCK(73, 32),
  FCHMOD(91, 52),
  FCHOWN(93, 55),
  GETRUSAGE(98, 165),
  GETUID(102, 174),
  GETGID(104, 176),
  GETEUID(107, 175),
  GETEGID(108, 177),
  GETPGID(121, 155),
  FSETXATTR(190, 7),
  FGETXATTR(193, 10),
  GETDENTS64(217, 61),
  EPOLL_CTL(233, 21),
  WAITID(247, 95),
  INOTIFY_ADD_WATCH(254, 27),
  INOTIFY_RM_WATCH(255, 28),
  OPENAT(257, 56),
  MKDIRAT(258, 34),
  UNLINKAT(263, 35),
  READLINKAT(267, 78),
  PPOLL(271, 73),
  EPOLL_PWAIT(281, 22),
  ACCEPT4(288, 242),
  EVENTFD2(290, 19),
  EPOLL_CREATE1(291, 20),
  PIPE2(293, 59),
  INOTIFY_INIT1(294, 26),
  PRLIMIT64(302, 261),
  RENAMEAT2(316, 276),
  MEMFD_CREATE(319, 279),
  BPF(321, 280),
  STATX(332, 291),
  PIDFD_SEND_SIGNAL(424),
  OPEN_TREE(428),
  PIDFD_OPEN(434),
  OPENAT2(437),
  PIDFD_GETFD(438),
  MOUNT_SETATTR(442);

  private final int x86;
  private final int generic;

  SyscallNumber(int x86, int generic) {
    this.x86 = x86;
    this.generic = generic;
  }

  SyscallNumber(int number) {
    this(number, number);
  }

  /** {@code __NR_…} on {@code architecture}. */
  int on(Architecture architecture) {
    return switch (architecture) {
      case X86_64 -> x86;
      case AARCH64, RISCV64 -> generic;
    };
  }

  /** The name of the call, as its man page has it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
