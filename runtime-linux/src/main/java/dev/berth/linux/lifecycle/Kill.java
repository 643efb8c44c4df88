package dev.berth.linux.lifecycle;

import dev.berth.ContainerException;
import dev.berth.ContainerNotFoundException;
import dev.berth.Signal;
import dev.berth.Status;
import dev.berth.core.lifecycle.Operation;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.util.Optional;

/** The operation "kill". Takes no lock: a container that is being changed can be killed, too. */
public final class Kill {
  private Kill() {}

  /** Sends {@code signal} to the container's first process. */
  public static void firstProcess(StateRoot root, ContainerId id, Signal signal) {
    try (StateDirectory directory =
        root.find(id).orElseThrow(() -> new ContainerNotFoundException(id.value()))) {
      Query query = Query.required(directory);
      Operation.KILL.requireAllowed(id.value(), query.status(), query.record().pid());
      if (!send(query.process(), signal)) {
        Operation.KILL.requireAllowed(id.value(), Status.STOPPED, query.record().pid());
      }
    } catch (IOException e) {
      throw new ContainerException(
          id.value(), "send %s: %s".formatted(signal, e.getMessage()), e);
    }
  }

  /** Whether there was such a process to send the signal to. */
  static boolean send(ProcessIdentity process, Signal signal) throws IOException {
    Optional<Fd> pidfd = process.open();
    if (pidfd.isEmpty()) {
      return false;
    }
    try (Fd fd = pidfd.get()) {
      Processes.pidfdSendSignal(fd, signal.number());
      return true;
    } catch (SyscallException e) {
      if (e.errno() == Errno.ESRCH) {
        return false;
      }
      throw e;
    }
  }
}
