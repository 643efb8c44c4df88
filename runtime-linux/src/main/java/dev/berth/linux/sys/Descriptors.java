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
import java.time.Duration;
import java.util.OptionalInt;

/** Calls on descriptors of any kind. */
public final class Descriptors {

  public static final int F_DUPFD_CLOEXEC = 1030;
  public static final int F_GETFD = 1;
  public static final int F_SETFD = 2;
  public static final int F_GETFL = 3;
  public static final int F_SETFL = 4;
  public static final int FD_CLOEXEC = 1;

  public static final int LOCK_SH = 1;
  public static final int LOCK_EX = 2;
  public static final int LOCK_NB = 4;
  public static final int LOCK_UN = 8;

  public static final int EFD_CLOEXEC = 0x8_0000;
  public static final int EFD_NONBLOCK = 0x800;

  public static final int POLLIN = 0x1;
  public static final int POLLPRI = 0x2;
  public static final int POLLOUT = 0x4;
  public static final int POLLERR = 0x8;
  public static final int POLLHUP = 0x10;

  static final int FIONREAD = 0x541B;

  /** What one call copies at most; a pipe holds no more either, unless it was made larger. */
  private static final int COPY_MAX = 1 << 16;

  static final StructLayout POLLFD =
      MemoryLayout.structLayout(
              JAVA_INT.withName("fd"),
              JAVA_SHORT.withName("events"),
              JAVA_SHORT.withName("revents"))
          .withName("struct pollfd");

  static final StructLayout TIMESPEC = Structs.ofLongs("struct timespec", "tv_sec", "tv_nsec");

  private Descriptors() {}

  /** The two ends of a pipe. */
  public record Pipe(Fd reader, Fd writer) implements AutoCloseable {
    @Override
    public void close() {
      reader.close();
      writer.close();
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</a> into a part of {@code
   * buffer}.
   *
   * @return how many bytes; 0 at the end of the file
   */
  public static int read(Fd fd, byte[] buffer, int offset, int length) throws SyscallException {
    return (int) check(readResult(fd, buffer, offset, length), "read(%s, %s)", fd, length);
  }

  /**
   * {@link #read} of a descriptor with {@code O_NONBLOCK}.
   *
   * @return how many bytes, 0 at the end of the file; empty if there is nothing to read yet
   */
  public static OptionalInt readAvailable(Fd fd, byte[] buffer, int offset, int length)
      throws SyscallException {
    long result = readResult(fd, buffer, offset, length);
    return result == -Errno.EAGAIN.number()
        ? OptionalInt.empty()
        : OptionalInt.of((int) check(result, "read(%s, %s)", fd, length));
  }

  private static long readResult(Fd fd, byte[] buffer, int offset, int length) {
    int most = Math.min(length, COPY_MAX);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(most);
      long result =
          Syscall.invokeRestarting(arena, SyscallNumber.READ, fd.number(), bytes.address(), most);
      MemorySegment.copy(bytes, JAVA_BYTE, 0, buffer, offset, (int) Math.max(result, 0));
      return result;
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</a> of a part of {@code
   * buffer}.
   *
   * @return how many bytes were taken
   */
  public static int write(Fd fd, byte[] buffer, int offset, int length) throws SyscallException {
    return (int) check(writeResult(fd, buffer, offset, length), "write(%s, %s)", fd, length);
  }

  /**
   * {@link #write} to a descriptor with {@code O_NONBLOCK}.
   *
   * @return how many bytes were taken; empty if there is no room for any
   */
  public static OptionalInt writeAvailable(Fd fd, byte[] buffer, int offset, int length)
      throws SyscallException {
    long result = writeResult(fd, buffer, offset, length);
    return result == -Errno.EAGAIN.number()
        ? OptionalInt.empty()
        : OptionalInt.of((int) check(result, "write(%s, %s)", fd, length));
  }

  private static long writeResult(Fd fd, byte[] buffer, int offset, int length) {
    int most = Math.min(length, COPY_MAX);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(most);
      MemorySegment.copy(buffer, offset, bytes, JAVA_BYTE, 0, most);
      return Syscall.invokeRestarting(
          arena, SyscallNumber.WRITE, fd.number(), bytes.address(), most);
    }
  }

  /** Writes all of {@code content}, in as many calls as it takes. */
  public static void writeFully(Fd fd, byte[] content) throws SyscallException {
    int written = 0;
    while (written < content.length) {
      written += write(fd, content, written, content.length - written);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/pipe.2.html">pipe2(2)</a>.
   *
   * @param flags {@code O_CLOEXEC} is always among them
   */
  public static Pipe pipe2(int flags) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      long result =
          Syscall.invoke(arena, SyscallNumber.PIPE2, ends.address(), flags | Directories.O_CLOEXEC);
      check(result, "pipe2");
      return new Pipe(new Fd(ends.getAtIndex(JAVA_INT, 0)), new Fd(ends.getAtIndex(JAVA_INT, 1)));
    }
  }

  /**
   * {@code FIONREAD} of <a href="https://man7.org/linux/man-pages/man2/ioctl.2.html">ioctl(2)</a>.
   *
   * @return how many bytes can be read without a wait
   */
  public static int available(Fd fd) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      long result =
          Syscall.invoke(arena, SyscallNumber.IOCTL, fd.number(), FIONREAD, count.address());
      check(result, "ioctl(%s, FIONREAD)", fd);
      return count.get(JAVA_INT, 0);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a> of a command that
   * takes a number.
   */
  public static int fcntl(Fd fd, int command, int argument) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.FCNTL, fd.number(), command, argument);
    return (int) check(result, "fcntl(%s, %s, %s)", fd, command, argument);
  }

  /** A second descriptor of the same open file, close-on-exec. */
  public static Fd duplicate(Fd fd) throws SyscallException {
    return new Fd(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  }

  /** <a href="https://man7.org/linux/man-pages/man2/chmod.2.html">fchmod(2)</a>. */
  static void fchmod(Fd fd, int mode) throws SyscallException {
    check(Syscall.invoke(SyscallNumber.FCHMOD, fd.number(), mode), "fchmod(%s, 0%o)", fd, mode);
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/chown.2.html">fchown(2)</a> that leaves the
   * group as it is.
   */
  public static void fchown(Fd fd, long uid) throws SyscallException {
    check(Syscall.invoke(SyscallNumber.FCHOWN, fd.number(), uid, -1), "fchown(%s, %s)", fd, uid);
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/flock.2.html">flock(2)</a>; with {@code LOCK_NB}
   * a lock that is taken is {@link Errno#EAGAIN}.
   */
  public static void flock(Fd fd, int operation) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long result = Syscall.invokeRestarting(arena, SyscallNumber.FLOCK, fd.number(), operation);
      check(result, "flock(%s, %s)", fd, operation);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd2(2)</a>.
   *
   * @param flags {@code EFD_CLOEXEC} is always among them
   */
  public static Fd eventfd2(int initial, int flags) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.EVENTFD2, initial, flags | EFD_CLOEXEC);
    return new Fd((int) check(result, "eventfd2(%s)", initial));
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/poll.2.html">ppoll(2)</a> of one descriptor.
   *
   * @return the events that are there, 0 if it is too early for any: because the time is over, or
   *     because a signal interrupted the wait, which the caller alone can know how to go on with
   */
  public static int poll(Fd fd, int events, Duration timeout) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pollfd = arena.allocate(POLLFD);
      pollfd.set(JAVA_INT, Structs.offset(POLLFD, "fd"), fd.number());
      pollfd.set(JAVA_SHORT, Structs.offset(POLLFD, "events"), (short) events);
      MemorySegment timespec =
          arena.allocateFrom(JAVA_LONG, timeout.toSeconds(), timeout.toNanosPart());
      long result =
          Syscall.invoke(arena, SyscallNumber.PPOLL, pollfd.address(), 1, timespec.address());
      if (result == -Errno.EINTR.number()) {
        return 0;
      }
      check(result, "ppoll(%s, %s)", fd, timeout);
      return Short.toUnsignedInt(pollfd.get(JAVA_SHORT, Structs.offset(POLLFD, "revents")));
    }
  }
}
