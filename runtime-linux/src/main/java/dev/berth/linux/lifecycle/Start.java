package dev.berth.linux.lifecycle;

import dev.berth.core.lifecycle.Operation;
import dev.berth.core.plan.HookKind;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.stub.StartConnection;
import dev.berth.linux.stub.StartFailedException;
import dev.berth.linux.sys.Fd;
import java.io.IOException;

/** The operation "start", from whichever process. */
public final class Start {
  private Start() {}

  /** Lets the process of a created container become its program, and waits until it has. */
  public static void start(StateRoot root, ContainerId id) {
    try (StateDirectory directory = Query.lock(root, id)) {
      // A process that is paused does not accept the connection, and so would not be heard of
      // again.
      Query query = Query.required(directory).withPause();
      Operation.START.requireAllowed(id.value(), query.status(), query.record().pid());
      Children.find(query.process()).ifPresent(LinuxContainerProcess::programStarts);
      try {
        start(directory, query);
      } catch (HookFailedException failed) {
        delete(directory, query, failed);
        throw failed;
      }
    } catch (IOException e) {
      throw Failures.worded(id.value(), e);
    }
  }

  private static void start(StateDirectory directory, Query query) throws IOException {
    RuntimeHooks hooks = RuntimeHooks.of(directory, query.record());
    try (Fd socket = directory.connectForStart()) {
      StartConnection.start(socket);
    } catch (StartFailedException failed) {
      throw failed.hook().isPresent()
          ? HookFailedException.startContainer(hooks.hooks(), failed)
          : failed;
    }
    directory.awaitStarted();
    try {
      hooks.run(HookKind.POSTSTART, query.record().pid());
    } catch (IOException failed) {
      throw new HookFailedException(failed);
    }
  }

  /** Since version 1.3 of the specification a failed hook ends and deletes the container. */
  private static void delete(StateDirectory directory, Query query, Throwable reason) {
    try {
      Delete.failed(directory, query);
    } catch (IOException | RuntimeException e) {
      reason.addSuppressed(e);
    }
  }
}
