package dev.berth.linux.stub;

import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** What the runtime says to a stub that waits; {@code struct answer} of {@code program.h}. */
final class Answer {
  private static final long GO = 0x6f67;

  private Answer() {}

  static void go(Fd socket) throws SyscallException {
    byte[] word =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(GO).array();
    Sockets.sendmsg(socket, word, List.of());
  }
}
