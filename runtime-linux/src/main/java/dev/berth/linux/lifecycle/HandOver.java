package dev.berth.linux.lifecycle;

import dev.berth.linux.process.Stdio;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.util.List;

/** Takes from a process what it has made for the runtime. */
final class HandOver {
  private static final int PTMX_MAJOR = 5;
  private static final int PTMX_MINOR = 2;

  private HandOver() {}

  /**
   * Its terminal.
   *
   * @return nothing that it waits for
   * @throws IOException if it has sent something else: it comes from inside the container
   */
  static List<Fd> terminal(StubProcess.Stop stop, Stdio stdio, Cancellation cancellation)
      throws IOException {
    List<Fd> sent = stop.descriptors();
    if (sent.size() != 1
        || !Directories.statx(sent.getFirst()).isCharacterDevice(PTMX_MAJOR, PTMX_MINOR)) {
      throw new IOException("hand over the terminal: not a terminal");
    }
    stdio.connect(sent.getFirst(), cancellation);
    return List.of();
  }
}
