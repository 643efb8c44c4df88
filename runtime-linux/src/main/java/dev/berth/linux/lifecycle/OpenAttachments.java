package dev.berth.linux.lifecycle;

import dev.berth.linux.process.EngineSocket;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@link Attachments} of which every part was found to be there, before anything is made.
 *
 * @param passed what the program gets
 * @param pidfdSocket who gets its pidfd, if anybody
 */
record OpenAttachments(PassedDescriptors passed, Optional<EngineSocket> pidfdSocket)
    implements AutoCloseable {

  static OpenAttachments of(Attachments attachments, Cancellation cancellation) throws IOException {
    PassedDescriptors passed = PassedDescriptors.copy(attachments.descriptors());
    try {
      return new OpenAttachments(passed, connect(attachments.pidfdSocket(), cancellation));
    } catch (IOException | RuntimeException | Error e) {
      passed.close();
      throw e;
    }
  }

  private static Optional<EngineSocket> connect(Optional<Path> path, Cancellation cancellation)
      throws IOException {
    return path.isPresent()
        ? Optional.of(EngineSocket.connect("pidfd socket", path.get(), cancellation))
        : Optional.empty();
  }

  /** What the program finds as 3, 4, … */
  List<Fd> descriptors() {
    return passed.fds();
  }

  /** Hands over the pidfd of the process, if anybody wants it. */
  void send(Fd pidfd, Cancellation cancellation) throws IOException {
    if (pidfdSocket.isPresent()) {
      pidfdSocket.get().send("pidfd", pidfd, cancellation);
    }
  }

  @Override
  public void close() {
    passed.close();
    pidfdSocket.ifPresent(EngineSocket::close);
  }
}
