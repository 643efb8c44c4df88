package dev.berth.linux.lifecycle;

import dev.berth.linux.process.Stdio;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.util.List;

/** The terminal that a process has made, and hands over. */
final class MadeTerminal {
  private static final int PTMX_MAJOR = 5;
  private static final int PTMX_MINOR = 2;

  private MadeTerminal() {}

  /**
   * Takes it.
   *
   * @return nothing that it waits for
   * @throws IOException if it has sent something else: it comes from inside the container
   */
  static List<Fd> take(StubProcess.Stop stop, Stdio stdio) throws IOException {
    List<Fd> sent = stop.descriptors();
    if (sent.size() != 1
        || !Directories.statx(sent.getFirst()).isCharacterDevice(PTMX_MAJOR, PTMX_MINOR)) {
      throw new IOException("hand over the terminal: not a terminal");
    }
    stdio.connect(sent.getFirst());
    return List.of();
  }
}
