package dev.berth.linux.lifecycle;

import dev.berth.Status;
import dev.berth.core.state.ContainerProcessState;
import dev.berth.core.state.HookState;
import dev.berth.core.text.HostPath;
import dev.berth.linux.process.EngineSocket;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Seccomp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Who answers what a filter with {@code SCMP_ACT_NOTIFY} asks: it waits on the listening socket of
 * type {@code SOCK_STREAM} at {@code linux.seccomp.listenerPath}, and gets the listener of each
 * process.
 *
 * @param container its state
 * @param status of the container
 * @param init the pid of its first process
 */
record SeccompAgent(LinuxSpec linux, HookState container, Status status, long init) {

  /**
   * Sends the listener that the process has, and lets go of it.
   *
   * @param cancellation ends the wait for an agent that does not accept
   * @throws IOException if there is nobody to take it
   */
  void handOver(StubProcess.Stop stop, Cancellation cancellation) throws IOException {
    Seccomp seccomp = Objects.requireNonNull(linux.seccomp(), "a plan with a listener");
    ContainerProcessState state =
        new ContainerProcessState(
            stop.process().pid(), seccomp.listenerMetadata(), container, status, init);
    Path path = HostPath.of(Objects.requireNonNull(seccomp.listenerPath(), "checked"));
    try (EngineSocket agent =
        EngineSocket.connect("linux.seccomp.listenerPath", path, cancellation)) {
      Sockets.sendmsg(agent.socket(), state.json(), stop.descriptors(), cancellation);
    } catch (SyscallException refused) {
      throw new IOException(
          "linux.seccomp.listenerPath \"%s\": send the listener: %s"
              .formatted(path, Errno.describe(refused.errno().number())),
          refused);
    }
  }
}
