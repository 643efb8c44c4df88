package dev.berth.linux.lifecycle;

import dev.berth.core.state.ContainerId;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The processes of containers that are children of this JVM. */
final class Children {
  /**
   * The first processes of the containers that this JVM made, until they are deleted: the kernel
   * tells an exit value only once, and whoever finds such a container here is to learn it, too.
   */
  private static final Map<ProcessIdentity, LinuxContainerProcess> FIRST =
      new ConcurrentHashMap<>();

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

  /** Keeps the first process of a container for those who {@link #find} it. */
  static void remember(ProcessIdentity identity, LinuxContainerProcess first) {
    FIRST.put(identity, first);
  }

  /** The first process of a container, if this JVM made it. */
  static Optional<LinuxContainerProcess> find(ProcessIdentity identity) {
    return Optional.ofNullable(FIRST.get(identity));
  }

  /** To be called when the container is deleted. */
  static void forget(ProcessIdentity identity) {
    FIRST.remove(identity);
  }

  /** Ends the process and waits for its end. */
  static void kill(LinuxContainerProcess child) throws IOException, InterruptedException {
    child.destroyForcibly();
    if (!child.waitFor(Kill.DEATH_TAKES)) {
      throw Kill.survived(child.pid());
    }
  }
}
