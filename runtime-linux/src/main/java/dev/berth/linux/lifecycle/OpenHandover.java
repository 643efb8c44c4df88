package dev.berth.linux.lifecycle;

import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.util.List;

/**
 * A {@link Handover} whose every part was found to be there, before anything is made.
 *
 * @param passed what the program gets
 * @param pidfdSocket who gets its pidfd
 */
record OpenHandover(PassedDescriptors passed, PidfdSocket pidfdSocket) implements AutoCloseable {

  static OpenHandover of(Handover handover) throws IOException {
    PassedDescriptors passed = PassedDescriptors.copy(handover.descriptors());
    try {
      return new OpenHandover(passed, PidfdSocket.connect(handover.pidfdSocket()));
    } catch (IOException | RuntimeException e) {
      passed.close();
      throw e;
    }
  }

  /** What the program finds as 3, 4, … */
  List<Fd> descriptors() {
    return passed.fds();
  }

  /** Hands over the pidfd of the process, if anybody wants it. */
  void send(Fd pidfd) throws IOException {
    pidfdSocket.send(pidfd);
  }

  @Override
  public void close() {
    passed.close();
    pidfdSocket.close();
  }
}
