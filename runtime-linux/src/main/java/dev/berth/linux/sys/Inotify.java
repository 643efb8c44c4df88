package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * An instance of <a href="https://man7.org/linux/man-pages/man7/inotify.7.html">inotify(7)</a>,
 * whose reads do not wait.
 */
public final class Inotify implements AutoCloseable {

  public static final int IN_MODIFY = 0x2;
  public static final int IN_DELETE_SELF = 0x400;

  /** Events were lost; it is of no watch. */
  public static final int IN_Q_OVERFLOW = 0x4000;

  static final int IN_NONBLOCK = 0x800;
  static final int IN_CLOEXEC = 0x8_0000;

  private static final int BUFFER = 1 << 14;

  static final StructLayout EVENT =
      MemoryLayout.structLayout(
              JAVA_INT.withName("wd"),
              JAVA_INT.withName("mask"),
              JAVA_INT.withName("cookie"),
              JAVA_INT.withName("len"))
          .withName("struct inotify_event");

  private final Fd fd;

  private Inotify(Fd fd) {
    this.fd = fd;
  }

  /**
   * Something happened to a file.
   *
   * @param watch what {@link #add} returned for it
   * @param mask {@code IN_*}
   */
  public record Event(int watch, int mask) {}

  /** <a href="https://man7.org/linux/man-pages/man2/inotify_init.2.html">inotify_init1(2)</a>. */
  public static Inotify create() throws SyscallException {
    int flags = IN_NONBLOCK | IN_CLOEXEC;
    long result = Syscall.invoke(SyscallNumber.INOTIFY_INIT1, flags);
    return new Inotify(new Fd((int) check(result, "inotify_init1")));
  }

  /** Ready to be read when there are events. */
  public Fd fd() {
    return fd;
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/inotify_add_watch.2.html">inotify_add_watch(2)
   * </a> for the very file that {@code file} is, whatever has its name by now.
   *
   * @param file may be open with {@code O_PATH}
   * @return the number of the watch
   */
  public int add(Fd file, int mask) throws SyscallException {
    String path = "/proc/self/fd/" + file.number();
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Syscall.invoke(
              arena,
              SyscallNumber.INOTIFY_ADD_WATCH,
              fd.number(),
              Syscall.cString(arena, path).address(),
              mask);
      return (int) check(result, "inotify_add_watch(%s, %s)", fd, path);
    }
  }

  /** Watches a file no more; one that is gone may have taken its watch along. */
  public void remove(int watch) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.INOTIFY_RM_WATCH, fd.number(), watch);
    if (result != -Errno.EINVAL.number()) {
      check(result, "inotify_rm_watch(%s, %s)", fd, watch);
    }
  }

  /** The events that are there, at the most as many as one read takes; none if it is too early. */
  public List<Event> read() throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER, EVENT.byteAlignment());
      long result =
          Syscall.invokeRestarting(
              arena, SyscallNumber.READ, fd.number(), buffer.address(), BUFFER);
      if (result == -Errno.EAGAIN.number()) {
        return List.of();
      }
      return events(buffer.asSlice(0, check(result, "read(%s, %s)", fd, BUFFER)));
    }
  }

  /** Each is followed by a name of {@code len} bytes, if it is of a file in a directory. */
  private static List<Event> events(MemorySegment buffer) {
    List<Event> events = new ArrayList<>();
    for (long at = 0; at < buffer.byteSize(); at += EVENT.byteSize() + get(buffer, at, "len")) {
      events.add(new Event(get(buffer, at, "wd"), get(buffer, at, "mask")));
    }
    return events;
  }

  private static int get(MemorySegment buffer, long start, String member) {
    return buffer.get(JAVA_INT, start + Structs.offset(EVENT, member));
  }

  @Override
  public void close() {
    fd.close();
  }
}
