package dev.berth.linux.stub;

import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A start, as the process sees it that asks for it: not always the one that launched the stub. */
public final class StartConnection {

  private StartConnection() {}

  /**
   * Lets the stub behind {@code socket} go on, and waits until it has become its program.
   *
   * @param socket connected to the one that the stub waits on
   * @throws StartFailedException if it could not
   * @throws CancelledException if the operation ends before; the process is as far as it is
   */
  public static void start(Fd socket, Cancellation cancellation) throws IOException {
    // Reset is also what a stub that has taken another start leaves in its queue.
    Conversation conversation =
        new Conversation(
            socket, "the process ended, or was started by somebody else", cancellation);
    conversation.go(List.of());
    Optional<Report> report = conversation.next();
    if (report.isPresent()) {
      throw switch (report.get()) {
        case Report.Failed failed -> new StartFailedException(failed);
        case Report.Forked(int _, Fd pidfd) -> {
          pidfd.close();
          yield unexpected(report.get());
        }
        case Report.Sync(long _, List<Fd> descriptors) -> {
          descriptors.forEach(Fd::close);
          yield unexpected(report.get());
        }
        case Report.Created(), Report.Listener(int _) -> unexpected(report.get());
      };
    }
  }

  private static StubException unexpected(Report report) {
    return new StubException("stub: unexpected after a start: " + report);
  }
}
