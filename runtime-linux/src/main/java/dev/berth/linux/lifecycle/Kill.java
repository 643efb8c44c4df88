package dev.berth.linux.lifecycle;

import dev.berth.ContainerException;
import dev.berth.Signal;
import dev.berth.Status;
import dev.berth.core.lifecycle.Operation;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The operation "kill". Takes no lock: a container that is being changed can be killed, too. */
public final class Kill {
  /**
   * A process that was killed is gone at once, unless it waits in the kernel, for a disk perhaps.
   */
  static final Duration DEATH_TAKES = Duration.ofSeconds(10);

  private Kill() {}

  /** Sends {@code signal} to the container's first process. */
  public static void firstProcess(StateRoot root, ContainerId id, Signal signal) {
    try (StateDirectory directory = Query.find(root, id)) {
      Query query = Query.required(directory);
      Operation.KILL.requireAllowed(id.value(), query.status(), query.record().pid());
      Children.sent(query.process(), signal);
      if (!send(query.process(), signal)) {
        Operation.KILL.requireAllowed(id.value(), Status.STOPPED, query.record().pid());
      }
      letDie(query, signal);
    } catch (IOException e) {
      throw failure(root, id, signal, e);
    }
  }

  /** Sends {@code signal} to whatever is in the container's cgroup. */
  public static void allProcesses(StateRoot root, ContainerId id, Signal signal) {
    try (StateDirectory directory = Query.find(root, id)) {
      Query query = Query.required(directory);
      Optional<Cgroup> cgroup = query.cgroup();
      Children.sentToAll(query.process()).add(signal);
      if (cgroup.isPresent()) {
        cgroup.get().processes().signal(signal.number());
      } else {
        send(query.process(), signal);
      }
    } catch (IOException e) {
      throw failure(root, id, signal, e);
    }
  }

  private static void letDie(Query query, Signal signal) throws IOException {
    if (signal.equals(Signal.KILL)) {
      Optional<Cgroup> cgroup = query.cgroup();
      if (cgroup.isPresent()) {
        cgroup.get().processes().letDie();
      }
    }
  }

  static IOException survived(long pid) {
    return new IOException(
        "process %s is still there %s s after SIGKILL".formatted(pid, DEATH_TAKES.toSeconds()));
  }

  private static ContainerException failure(
      StateRoot root, ContainerId id, Signal signal, IOException cause) {
    return Failures.unlessDeleted(
        root,
        id,
        new ContainerException(
            id.value(), "send %s: %s".formatted(signal, cause.getMessage()), cause));
  }

  /** Whether there was such a process to send the signal to. */
  private static boolean send(ProcessIdentity process, Signal signal) throws IOException {
    Optional<Fd> pidfd = process.open();
    if (pidfd.isEmpty()) {
      return false;
    }
    try (Fd fd = pidfd.get()) {
      return send(fd, signal);
    }
  }

  /** Whether the process was still there to be sent it. */
  static boolean send(Fd pidfd, Signal signal) throws IOException {
    try {
      Processes.pidfdSendSignal(pidfd, signal.number());
      return true;
    } catch (SyscallException e) {
      if (e.errno() == Errno.ESRCH) {
        return false;
      }
      throw e;
    }
  }
}
