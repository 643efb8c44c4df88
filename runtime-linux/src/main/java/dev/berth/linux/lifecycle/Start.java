package dev.berth.linux.lifecycle;

import dev.berth.ContainerStateException;
import dev.berth.core.lifecycle.Operation;
import dev.berth.core.plan.HookKind;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.stub.Execution;
import dev.berth.linux.stub.StartConnection;
import dev.berth.linux.stub.StartFailedException;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import dev.berth.linux.sys.Fd;
import dev.berth.spec.Hook;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The operation "start", from whichever process. */
public final class Start {
  private Start() {}

  /**
   * Lets the process of a created container become its program, and waits until it has.
   *
   * @param cancellation kills a process that has not
   */
  public static void start(StateRoot root, ContainerId id, Cancellation cancellation) {
    try (StateDirectory directory = Query.lock(root, id, cancellation)) {
      // A process that is paused does not accept the connection, and so would not be heard of
      // again.
      Query query = Query.required(directory).withPause();
      Operation.START.requireAllowed(id.value(), query.status(), query.record().pid());
      Children.find(query.process()).ifPresent(LinuxContainerProcess::programStarts);
      try {
        start(directory, query, cancellation);
      } catch (HookFailedException failed) {
        delete(directory, query, failed, cancellation.cleanup());
        throw failed;
      } catch (IOException failed) {
        requireStillCreated(directory, query, failed);
        throw failed;
      }
    } catch (HookFailedException e) {
      throw Failures.worded(id.value(), e);
    } catch (IOException e) {
      throw Failures.worded(root, id, e);
    }
  }

  /** A process that was killed before it was told is why it could not be. */
  private static void requireStillCreated(
      StateDirectory directory, Query before, IOException failure) throws IOException {
    if (failure instanceof StartFailedException || failure instanceof CancelledException) {
      return;
    }
    Query now = Query.required(directory);
    try {
      Operation.START.requireAllowed(directory.id().value(), now.status(), before.record().pid());
    } catch (ContainerStateException other) {
      other.addSuppressed(failure);
      throw other;
    }
  }

  private static void start(StateDirectory directory, Query query, Cancellation cancellation)
      throws IOException {
    RuntimeHooks hooks = RuntimeHooks.of(directory, query.record());
    extend(cancellation, hooks.hooks().startContainer());
    try (Fd process = process(query);
        Fd socket = directory.connectForStart(cancellation)) {
      StartConnection.start(socket, cancellation);
      directory.awaitStarted(cancellation);
      Execution.requireBegun((int) query.record().pid(), process);
    } catch (StartFailedException failed) {
      throw failed.hook().isPresent()
          ? HookFailedException.startContainer(hooks.hooks(), failed)
          : failed;
    } catch (CancelledException over) {
      Delete.endFirstProcess(query.process(), query.cgroup());
      throw over;
    }
    try {
      hooks.run(HookKind.POSTSTART, query.record().pid(), cancellation);
    } catch (IOException failed) {
      throw new HookFailedException(failed);
    }
  }

  private static Fd process(Query query) throws IOException {
    return query.process().open().orElseThrow(() -> new IOException("the process has ended"));
  }

  private static void extend(Cancellation cancellation, List<Hook> hooks) {
    for (Hook hook : hooks) {
      Integer seconds = hook.timeout();
      if (seconds != null) {
        cancellation.extendTimeout(Duration.ofSeconds(seconds));
      }
    }
  }

  /** Since version 1.3 of the specification a failed hook ends and deletes the container. */
  private static void delete(
      StateDirectory directory, Query query, Throwable reason, Cancellation cancellation) {
    try {
      Delete.failed(directory, query, cancellation);
    } catch (IOException | RuntimeException e) {
      reason.addSuppressed(e);
    }
  }
}
