package dev.berth.linux.lifecycle;

import dev.berth.core.lifecycle.Operation;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.stub.StartConnection;
import dev.berth.linux.sys.Fd;
import java.io.IOException;

/** The operation "start", from whichever process. */
public final class Start {
  private Start() {}

  /** Lets the process of a created container become its program, and waits until it has. */
  public static void start(StateRoot root, ContainerId id) {
    try (StateDirectory directory = Query.lock(root, id)) {
      Query query = Query.required(directory);
      Operation.START.requireAllowed(id.value(), query.status(), query.record().pid());
      Children.find(query.process()).ifPresent(LinuxContainerProcess::programStarts);
      try (Fd socket = directory.connectForStart()) {
        StartConnection.start(socket);
      }
      directory.awaitStarted();
    } catch (IOException e) {
      throw Failures.worded(id.value(), e);
    }
  }
}
