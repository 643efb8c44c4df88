package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.Optional;

/** Calls on processes, which are named by pidfd: a pid may be another process's by now. */
public final class Processes {

  public static final int P_PIDFD = 3;
  public static final int WNOHANG = 0x1;

  /** Leaves it to be waited for again. */
  public static final int WNOWAIT = 0x01000000;

  public static final int WEXITED = 0x4;

  /** Also for children without an exit signal, which is what the stub is. */
  public static final int __WALL = 0x4000_0000;

  static final int CLD_EXITED = 1;
  static final int CLD_KILLED = 2;
  static final int CLD_DUMPED = 3;

  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;

  public static final int RLIMIT_NOFILE = 7;

  static final int RUSAGE_SELF = 0;

  static final StructLayout SIGINFO =
      MemoryLayout.structLayout(
              JAVA_INT.withName("si_signo"),
              JAVA_INT.withName("si_errno"),
              JAVA_INT.withName("si_code"),
              MemoryLayout.paddingLayout(4),
              JAVA_INT.withName("si_pid"),
              JAVA_INT.withName("si_uid"),
              JAVA_INT.withName("si_status"),
              MemoryLayout.paddingLayout(100))
          .withName("siginfo_t");

  private Processes() {}

  /** <a href="https://man7.org/linux/man-pages/man2/pidfd_open.2.html">pidfd_open(2)</a>. */
  public static Fd pidfdOpen(int pid) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.PIDFD_OPEN, pid, 0);
    return new Fd((int) check(result, "pidfd_open(%s)", pid));
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/pidfd_getfd.2.html">pidfd_getfd(2)</a>.
   *
   * @param descriptor of that process
   * @return the same open file, as a descriptor of this JVM
   */
  public static Fd pidfdGetfd(Fd pidfd, int descriptor) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.PIDFD_GETFD, pidfd.number(), descriptor, 0);
    return new Fd((int) check(result, "pidfd_getfd(%s, %s)", pidfd, descriptor));
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html">pidfd_send_signal(2)
   * </a>.
   *
   * @param signal its number; 0 only asks whether it would be allowed
   * @throws SyscallException {@link Errno#ESRCH} if the process has ended and was waited for
   */
  public static void pidfdSendSignal(Fd pidfd, int signal) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.PIDFD_SEND_SIGNAL, pidfd.number(), signal, 0, 0);
    check(result, "pidfd_send_signal(%s, %s)", pidfd, signal);
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/waitid.2.html">waitid(P_PIDFD)</a> with {@code
   * WEXITED | __WALL}: waits for a child of this JVM and reaps it.
   *
   * @param options further ones: {@code WNOHANG}, {@code WNOWAIT}
   * @return empty if it still runs, which is only possible with {@code WNOHANG}
   * @throws SyscallException {@link Errno#ECHILD} if it is no child of this JVM, or reaped already
   */
  public static Optional<WaitResult> waitid(Fd pidfd, int options) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment siginfo = arena.allocate(SIGINFO);
      // The fifth argument is the kernel's alone; no libc hands it on.
      MemorySegment rusage = arena.allocate(Rusage.LAYOUT);
      long result =
          Syscall.invokeRestarting(
              arena,
              SyscallNumber.WAITID,
              P_PIDFD,
              pidfd.number(),
              siginfo.address(),
              options | WEXITED | __WALL,
              rusage.address());
      check(result, "waitid(P_PIDFD, %s)", pidfd);
      if (siginfo.get(JAVA_INT, Structs.offset(SIGINFO, "si_pid")) == 0) {
        return Optional.empty();
      }
      return Optional.of(
          new WaitResult(
              kind(siginfo.get(JAVA_INT, Structs.offset(SIGINFO, "si_code"))),
              siginfo.get(JAVA_INT, Structs.offset(SIGINFO, "si_status")),
              Optional.of(Rusage.read(rusage))));
    }
  }

  private static WaitResult.Kind kind(int code) {
    return switch (code) {
      case CLD_EXITED -> WaitResult.Kind.EXITED;
      case CLD_KILLED -> WaitResult.Kind.KILLED;
      case CLD_DUMPED -> WaitResult.Kind.DUMPED;
      default -> throw new AssertionError("waitid(WEXITED) with si_code " + code);
    };
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/getrusage.2.html">getrusage(2)</a> of the JVM.
   */
  public static Rusage getrusage() throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rusage = arena.allocate(Rusage.LAYOUT);
      long result = Syscall.invoke(arena, SyscallNumber.GETRUSAGE, RUSAGE_SELF, rusage.address());
      check(result, "getrusage(RUSAGE_SELF)");
      return Rusage.read(rusage);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/prlimit.2.html">prlimit64(2)</a> that only asks.
   *
   * @param pid 0 for this JVM
   * @param resource {@code RLIMIT_*}
   */
  public static Rlimit prlimit64(int pid, int resource) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(Rlimit.LAYOUT);
      long result =
          Syscall.invoke(arena, SyscallNumber.PRLIMIT64, pid, resource, 0, limit.address());
      check(result, "prlimit64(%s, %s)", pid, resource);
      return Rlimit.read(limit);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/prlimit.2.html">prlimit64(2)</a> that sets.
   *
   * @param pid a child that was not yet waited for
   * @param resource {@code RLIMIT_*}
   */
  public static void prlimit64(int pid, int resource, Rlimit limit) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = limit.write(arena);
      long result =
          Syscall.invoke(arena, SyscallNumber.PRLIMIT64, pid, resource, struct.address(), 0);
      check(result, "prlimit64(%s, %s)", pid, resource);
    }
  }
}
