package dev.berth.linux.stub;

import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Message;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** The runtime's side of a socket at whose other end there is a stub. */
record Conversation(Fd socket) {

  static final long ANSWER_GO = 0x6f67;

  /** Waits for the stub's next report; empty if it has gone without one, be it into its program. */
  Optional<Report> next() throws IOException {
    try {
      Message message = Sockets.recvmsg(socket, Report.SIZE_MAX, 1);
      return message.isEndOfFile() ? Optional.empty() : Optional.of(Report.read(message));
    } catch (SyscallException failed) {
      // It has gone without having read what was sent to it.
      if (failed.errno() == Errno.ECONNRESET) {
        return Optional.empty();
      }
      throw failed;
    }
  }

  /** Lets the stub go on. */
  void go() throws SyscallException {
    byte[] answer =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(ANSWER_GO).array();
    try {
      Sockets.sendmsg(socket, answer, List.of());
    } catch (SyscallException failed) {
      // It has gone, of which next() tells, or has left a report of the reason.
      if (failed.errno() != Errno.EPIPE) {
        throw failed;
      }
    }
  }
}
