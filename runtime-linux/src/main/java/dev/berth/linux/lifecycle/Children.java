package dev.berth.linux.lifecycle;

import dev.berth.Signal;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Observer;
import dev.berth.linux.process.SentSignals;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The processes of containers that are children of this JVM. */
final class Children {
  /**
   * The first processes of the containers that this JVM made, until they are deleted: the kernel
   * tells an exit value only once, and whoever finds such a container here is to learn it, too.
   */
  private static final Map<ProcessIdentity, First> FIRST = new ConcurrentHashMap<>();

  /** How many there are before those are looked for that other programs have deleted. */
  private static final int FEW = 64;

  private static final AtomicInteger LOOK_AT = new AtomicInteger(FEW);

  private Children() {}

  /** The first process of a container. */
  private record First(LinuxContainerProcess process, StateRoot root, ContainerId id) {

    /** What is not known is taken for there. */
    boolean isDeleted(ProcessIdentity identity) {
      if (process.isAlive()) {
        return false;
      }
      try {
        Optional<StateDirectory> found = root.find(id);
        if (found.isEmpty()) {
          return true;
        }
        try (StateDirectory directory = found.get()) {
          return directory.record().filter(it -> ProcessIdentity.of(it).equals(identity)).isEmpty();
        }
      } catch (IOException | UncheckedIOException unknown) {
        return false;
      }
    }
  }

  /** From now on the event loop watches the process, and reaps it. */
  static LinuxContainerProcess adopt(
      ContainerId id, StubProcess process, Stdio stdio, Observer observer) throws IOException {
    try {
      Fd pidfd = Descriptors.duplicate(process.pidfd());
      try {
        LinuxContainerProcess child =
            LinuxContainerProcess.ofChild(id.value(), process.pid(), pidfd, stdio, observer);
        var _ = child.whenEnded(_ -> process.hasEnded());
        return child;
      } catch (IOException | RuntimeException | Error e) {
        pidfd.close();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      process.kill(e);
      throw e;
    }
  }

  /** Keeps the first process of a container for those who {@link #find} it. */
  static void remember(
      ProcessIdentity identity, LinuxContainerProcess first, StateRoot root, ContainerId id) {
    FIRST.put(identity, new First(first, root, id));
    int size = FIRST.size();
    int look = LOOK_AT.get();
    // Another program deletes without a word. With twice as many each time, a look costs little.
    if (size > look && LOOK_AT.compareAndSet(look, Integer.MAX_VALUE)) {
      FIRST.entrySet().removeIf(each -> each.getValue().isDeleted(each.getKey()));
      LOOK_AT.set(Math.max(FEW, 2 * FIRST.size()));
    }
  }

  /** How many first processes are kept. */
  static int remembered() {
    return FIRST.size();
  }

  /** The first process of a container, if this JVM made it. */
  static Optional<LinuxContainerProcess> find(ProcessIdentity identity) {
    return Optional.ofNullable(FIRST.get(identity)).map(First::process);
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
