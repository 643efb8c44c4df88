package dev.berth.linux.lifecycle;

import dev.berth.core.state.ContainerId;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.time.Duration;

/** The processes of containers that are children of this JVM. */
final class Children {
  /**
   * A process that was killed is gone at once, unless it waits in the kernel, for a disk perhaps.
   */
  private static final Duration DEATH_TAKES = Duration.ofSeconds(10);

  private Children() {}

  /** From now on the event loop watches the process, and reaps it. */
  static LinuxContainerProcess adopt(ContainerId id, StubProcess process, Stdio stdio)
      throws IOException {
    Fd pidfd = Descriptors.duplicate(process.pidfd());
    try {
      return LinuxContainerProcess.ofChild(id.value(), process.pid(), pidfd, stdio);
    } catch (IOException | RuntimeException e) {
      pidfd.close();
      process.kill(e);
      throw e;
    }
  }

  /** Ends the process and waits for its end. */
  static void kill(LinuxContainerProcess child) throws IOException, InterruptedException {
    child.destroyForcibly();
    if (!child.waitFor(DEATH_TAKES)) {
      throw new IOException(
          "process %d is still there %d s after SIGKILL"
              .formatted(child.pid(), DEATH_TAKES.toSeconds()));
    }
  }
}
