package dev.berth.linux.lifecycle;

import dev.berth.Signal;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Observer;
import dev.berth.linux.process.SentSignals;
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
  static LinuxContainerProcess adopt(
      ContainerId id, StubProcess process, Stdio stdio, Observer observer) throws IOException {
    Fd pidfd = Descriptors.duplicate(process.pidfd());
    try {
      return LinuxContainerProcess.ofChild(id.value(), process.pid(), pidfd, stdio, observer);
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

  /** What this JVM sends to all processes of the container whose first process this is. */
  static SentSignals sentToAll(ProcessIdentity identity) {
    return find(identity).map(first -> first.observer().sentToAll()).orElseGet(SentSignals::new);
  }

  /** Remembers a signal to the first process, before it is sent. */
  static void sent(ProcessIdentity identity, Signal signal) {
    find(identity).ifPresent(first -> first.observer().sent().add(signal));
    if (signal.equals(Signal.KILL)) {
      // The others in its PID namespace end with it.
      sentToAll(identity).add(signal);
    }
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
