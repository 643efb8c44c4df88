package dev.berth.linux.lifecycle;

import dev.berth.core.plan.HookKind;
import dev.berth.core.plan.HookRequest;
import dev.berth.core.plan.Planner;
import dev.berth.core.state.ContainerRecord;
import dev.berth.core.state.HookState;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.stub.Launch;
import dev.berth.linux.stub.Launcher;
import dev.berth.linux.stub.StandardStreams;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;

/**
 * The hooks of a container that run in the runtime's own namespaces. None inherits anything of this
 * JVM's: neither descriptors nor environment.
 */
record RuntimeHooks(Hooks hooks, HookState state) {
  private static final System.Logger LOG = System.getLogger(RuntimeHooks.class.getName());

  /** Those to be run after the creation of a container, as they were then configured. */
  static RuntimeHooks of(StateDirectory directory, ContainerRecord record) throws IOException {
    Hooks hooks = record.laterHooks() ? Inspect.spec(directory).hooks() : Hooks.NONE;
    return new RuntimeHooks(hooks, HookState.of(record));
  }

  /**
   * Runs those of one kind, each when the one before has ended.
   *
   * @param pid of the container's first process
   * @param cancellation ends the one that runs, and no other runs
   * @throws IOException if one fails; those after it do not run
   */
  void run(HookKind kind, long pid, Cancellation cancellation) throws IOException {
    List<Hook> list = kind.of(hooks);
    for (int index = 0; index < list.size(); index++) {
      run(
          new HookRequest(kind, index, list.get(index), state, pid, openFilesHardLimit()),
          cancellation);
    }
  }

  /**
   * Runs those that come after the deletion, all of them: a failure is but a warning.
   *
   * @param cancellation of what they clean up after; each has its timeout anew
   */
  void runPoststop(Cancellation cancellation) throws IOException {
    List<Hook> list = hooks.poststop();
    for (int index = 0; index < list.size(); index++) {
      try {
        run(
            new HookRequest(
                HookKind.POSTSTOP, index, list.get(index), state, 0, openFilesHardLimit()),
            cancellation.cleanup());
      } catch (IOException failed) {
        LOG.log(Level.WARNING, "container \"{0}\": {1}", state.id(), Failures.description(failed));
      }
    }
  }

  private static long openFilesHardLimit() throws IOException {
    return Machine.shared().openFilesHardLimit();
  }

  private static void run(HookRequest request, Cancellation cancellation) throws IOException {
    try (Fd nothing =
        Directories.open("/dev/null", Directories.O_RDWR | Directories.O_CLOEXEC, 0)) {
      Launch launch =
          new Launch(
              Planner.hook(request),
              descriptor -> {
                throw new AssertionError(descriptor);
              },
              new StandardStreams(nothing, nothing, nothing),
              List.of());
      Launcher.shared().launch(launch, RuntimeHooks::unexpected, cancellation).close();
    }
  }

  private static List<Fd> unexpected(StubProcess.Stop stop) throws IOException {
    throw new IOException("a hook does not stop at " + stop.point());
  }
}
