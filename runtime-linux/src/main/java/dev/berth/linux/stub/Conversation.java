package dev.berth.linux.stub;

import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Message;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * The runtime's side of a socket at whose other end there is a stub.
 *
 * @param whenReset what it means that the other end is gone, and has left something unread
 * @param cancellation ends the wait for a report
 */
record Conversation(Fd socket, String whenReset, Cancellation cancellation) {

  static final long ANSWER_GO = 0x6f67;

  /**
   * Waits for the stub's next report; empty if there is none to come, since the socket has ended:
   * by the exec that closes it, or with the process.
   *
   * @throws StubException if the stub will never read what it was sent
   * @throws CancelledException if the operation ends before
   */
  Optional<Report> next() throws IOException {
    cancellation.await(socket, Descriptors.POLLIN);
    try {
      Message message = Sockets.recvmsg(socket, Report.SIZE_MAX, Report.DESCRIPTORS_MAX);
      return message.isEndOfFile() ? Optional.empty() : Optional.of(Report.read(message));
    } catch (SyscallException failed) {
      throw ended(failed);
    }
  }

  /**
   * Lets the stub go on.
   *
   * @param descriptors what it waits for; the sender keeps its own
   * @throws StubException if there is no stub any more
   */
  void go(List<Fd> descriptors) throws IOException {
    byte[] answer =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(ANSWER_GO).array();
    try {
      Sockets.sendmsg(socket, answer, descriptors);
    } catch (SyscallException failed) {
      throw ended(failed);
    }
  }

  private IOException ended(SyscallException failed) {
    return switch (failed.errno()) {
      case EPIPE -> new StubException("the process ended while it waited");
      case ECONNRESET -> new StubException(whenReset);
      default -> failed;
    };
  }
}
