package dev.berth.linux.stub;

import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Message;
import dev.berth.linux.sys.Sockets;
import java.io.IOException;

/** The conversation with a created container's stub, from whichever process. */
public final class StartConnection {
  private StartConnection() {}

  /**
   * Lets the stub become its program, and waits until it has: the socket is close-on-exec, so that
   * its end is the exec, or the end of the process.
   *
   * @param socket connected to the container's start socket
   * @throws StubException if the program could not be executed; the process has ended then
   */
  public static void start(Fd socket) throws IOException {
    Answer.go(socket);
    Message message = Sockets.recvmsg(socket, Report.SIZE_MAX, 1);
    if (message.isEndOfFile()) {
      return;
    }
    if (Report.read(message) instanceof Report.Failed failed) {
      throw new StubException("%s: %s".formatted(failed.detail(), Errno.describe(failed.errno())));
    }
    throw new StubException("stub: a report that makes no sense after the start");
  }
}
