package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.berth.core.text.KernelText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.time.Duration;
import java.util.List;

/**
 * Sockets of <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>; all are
 * close-on-exec, and no call raises SIGPIPE.
 */
public final class Sockets {

  public static final int AF_UNIX = 1;
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_SEQPACKET = 5;
  public static final int SOCK_CLOEXEC = 0x8_0000;
  public static final int SOCK_NONBLOCK = 0x800;
  public static final int MSG_NOSIGNAL = 0x4000;

  static final StructLayout SOCKADDR_UN =
      MemoryLayout.structLayout(
              JAVA_SHORT.withName("sun_family"),
              MemoryLayout.sequenceLayout(108, JAVA_BYTE).withName("sun_path"))
          .withName("struct sockaddr_un");

  private static final Duration QUEUE_IS_FULL = Duration.ofMillis(5);

  private Sockets() {}

  /** Two sockets that are connected to each other. */
  public record Pair(Fd here, Fd there) implements AutoCloseable {
    @Override
    public void close() {
      here.close();
      there.close();
    }
  }

  /** <a href="https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</a>. */
  public static Pair socketpair() throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      long result =
          Syscall.invoke(
              arena,
              SyscallNumber.SOCKETPAIR,
              AF_UNIX,
              SOCK_SEQPACKET | SOCK_CLOEXEC,
              0,
              ends.address());
      check(result, "socketpair(AF_UNIX, SOCK_SEQPACKET)");
      return new Pair(new Fd(ends.getAtIndex(JAVA_INT, 0)), new Fd(ends.getAtIndex(JAVA_INT, 1)));
    }
  }

  /** {@link #socket(int)} of a type that keeps messages apart. */
  public static Fd socket() throws SyscallException {
    return socket(SOCK_SEQPACKET);
  }

  /**
   * {@link #connect(Fd, Fd, String)} of a socket that does not block, where the queue of whoever
   * listens may be full: the kernel says so, and has nothing to wait for.
   *
   * @throws CancelledException if the operation ends before there is room
   */
  public static void connect(Fd socket, Fd directory, String name, Cancellation cancellation)
      throws IOException {
    while (true) {
      try {
        connect(socket, directory, name);
        return;
      } catch (SyscallException refused) {
        if (refused.errno() != Errno.EAGAIN) {
          throw refused;
        }
      }
      cancellation.sleep(QUEUE_IS_FULL);
    }
  }

  /**
   * {@link #sendmsg(Fd, byte[], List)} by a socket that does not block.
   *
   * @throws CancelledException if the operation ends before there is room
   */
  public static void sendmsg(
      Fd socket, byte[] data, List<Fd> descriptors, Cancellation cancellation) throws IOException {
    while (true) {
      try {
        sendmsg(socket, data, descriptors);
        return;
      } catch (SyscallException refused) {
        if (refused.errno() != Errno.EAGAIN) {
          throw refused;
        }
      }
      cancellation.await(socket, Descriptors.POLLOUT);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>.
   *
   * @param type {@code SOCK_SEQPACKET}, {@code SOCK_STREAM} or {@code SOCK_DGRAM}
   */
  public static Fd socket(int type) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.SOCKET, AF_UNIX, type | SOCK_CLOEXEC, 0);
    return new Fd((int) check(result, "socket(AF_UNIX)"));
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a> to the new file {@code
   * name} in {@code directory}.
   */
  public static void bind(Fd socket, Fd directory, String name) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, directory, name);
      long result =
          Syscall.invoke(
              arena, SyscallNumber.BIND, socket.number(), address.address(), address.byteSize());
      check(result, "bind(%s, \"%s\")", socket, name);
    }
  }

  /** <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>. */
  public static void listen(Fd socket, int backlog) throws SyscallException {
    long result = Syscall.invoke(SyscallNumber.LISTEN, socket.number(), backlog);
    check(result, "listen(%s, %s)", socket, backlog);
  }

  /** <a href="https://man7.org/linux/man-pages/man2/accept.2.html">accept4(2)</a>. */
  public static Fd accept4(Fd socket) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Syscall.invokeRestarting(
              arena, SyscallNumber.ACCEPT4, socket.number(), 0, 0, SOCK_CLOEXEC);
      return new Fd((int) check(result, "accept4(%s)", socket));
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a> to the socket
   * {@code name} in {@code directory}.
   */
  public static void connect(Fd socket, Fd directory, String name) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, directory, name);
      // Unlike TCP's, this connect changes nothing before it has succeeded, so that it can be
      // repeated after a signal.
      long result =
          Syscall.invokeRestarting(
              arena, SyscallNumber.CONNECT, socket.number(), address.address(), address.byteSize());
      check(result, "connect(%s, \"%s\")", socket, name);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/sendmsg.2.html">sendmsg(2)</a> of one message.
   *
   * @param descriptors sent along; the sender keeps its own
   * @throws IllegalArgumentException if there are more than 253
   */
  public static void sendmsg(Fd socket, byte[] data, List<Fd> descriptors) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MessageHeader header = MessageHeader.sending(arena, data, descriptors);
      long result =
          Syscall.invokeRestarting(
              arena, SyscallNumber.SENDMSG, socket.number(), header.address(), MSG_NOSIGNAL);
      check(result, "sendmsg(%s, %s bytes, %s)", socket, data.length, descriptors);
    }
  }

  /**
   * <a href="https://man7.org/linux/man-pages/man2/recv.2.html">recvmsg(2)</a>: waits for a
   * message, or for the end.
   *
   * @param maxData more bytes than this are {@link Errno#EMSGSIZE}, and the message is lost
   * @param maxDescriptors the same for descriptors; none of them stays open
   */
  public static Message recvmsg(Fd socket, int maxData, int maxDescriptors)
      throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MessageHeader header = MessageHeader.receiving(arena, maxData, maxDescriptors);
      long result =
          Syscall.invokeRestarting(
              arena,
              SyscallNumber.RECVMSG,
              socket.number(),
              header.address(),
              MessageHeader.MSG_CMSG_CLOEXEC);
      int length = (int) check(result, "recvmsg(%s, %s)", socket, maxData);
      Message message = header.received(length);
      if (header.isTruncated()) {
        message.close();
        throw new SyscallException(
            "recvmsg(%s, %s)".formatted(socket, maxData), Errno.EMSGSIZE.number());
      }
      return message;
    }
  }

  /**
   * The address by way of the directory's descriptor: a path in it may be longer than the 107 bytes
   * that fit, and nobody can exchange the directory in between.
   */
  private static MemorySegment address(Arena arena, Fd directory, String name) {
    String path = "/proc/self/fd/" + directory.number() + "/" + name;
    byte[] bytes = KernelText.encode(path);
    if (bytes.length > 107 || path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not the name of a socket: \"" + name + "\"");
    }
    MemorySegment address = arena.allocate(SOCKADDR_UN);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(
        bytes, 0, address, JAVA_BYTE, Structs.offset(SOCKADDR_UN, "sun_path"), bytes.length);
    return address;
  }
}
