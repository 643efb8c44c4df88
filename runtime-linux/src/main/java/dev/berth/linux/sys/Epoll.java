package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/** An instance of <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>. */
public final class Epoll implements AutoCloseable {

  public static final int EPOLLIN = 0x1;
  public static final int EPOLLPRI = 0x2;
  public static final int EPOLLOUT = 0x4;
  public static final int EPOLLERR = 0x8;
  public static final int EPOLLHUP = 0x10;
  public static final int EPOLLONESHOT = 1 << 30;
  public static final int EPOLLET = 1 << 31;

  static final int EPOLL_CLOEXEC = 0x8_0000;
  static final int EPOLL_CTL_ADD = 1;
  static final int EPOLL_CTL_DEL = 2;
  static final int EPOLL_CTL_MOD = 3;

  /** What the kernel calls {@code sizeof(sigset_t)}. */
  private static final int SIGSET_SIZE = 8;

  private final Fd fd;

  private Epoll(Fd fd) {
    this.fd = fd;
  }

  /** <a href="https://man7.org/linux/man-pages/man2/epoll_create.2.html">epoll_create1(2)</a>. */
  public static Epoll create() throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.EPOLL_CREATE1, EPOLL_CLOEXEC);
    return new Epoll(new Fd((int) check(result, "epoll_create1(EPOLL_CLOEXEC)")));
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>, {@code
   * EPOLL_CTL_ADD}: watches {@code watched} from now on.
   */
  public void add(Fd watched, EpollEvent event) throws SyscallException {
    control(EPOLL_CTL_ADD, watched, event);
  }

  /** {@code EPOLL_CTL_MOD}: watches it for other events. */
  public void modify(Fd watched, EpollEvent event) throws SyscallException {
    control(EPOLL_CTL_MOD, watched, event);
  }

  /** {@code EPOLL_CTL_DEL}: watches it no more. */
  public void remove(Fd watched) throws SyscallException {
    control(EPOLL_CTL_DEL, watched, new EpollEvent(0, 0));
  }

  private void control(int operation, Fd watched, EpollEvent event) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Syscall.invoke(
              arena,
              SyscallNumber.EPOLL_CTL,
              fd.number(),
              operation,
              watched.number(),
              event.write(arena).address());
      check(result, "epoll_ctl(%s, %s, %s)", fd, operation, watched);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/epoll_wait.2.html">epoll_pwait(2)</a>.
   *
   * @param most events at once
   * @param timeoutMillis -1 for no end
   * @return none if the time is over or a signal interrupted the wait
   */
  public List<EpollEvent> await(int most, int timeoutMillis) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment events = arena.allocate(EpollEvent.LAYOUT, most);
      // Not epoll_wait, which only x86_64 has.
      long result =
          Syscall.invoke(
              arena,
              SyscallNumber.EPOLL_PWAIT,
              fd.number(),
              events.address(),
              most,
              timeoutMillis,
              0,
              SIGSET_SIZE);
      if (result == -Errno.EINTR.number()) {
        return List.of();
      }
      int count = (int) check(result, "epoll_pwait(%s, %s, %s)", fd, most, timeoutMillis);
      return IntStream.range(0, count).mapToObj(i -> EpollEvent.read(events, i)).toList();
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
