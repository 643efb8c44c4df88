package dev.berth.core.plan;

import dev.berth.core.state.HookState;
import dev.berth.core.text.HostPath;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Hooks as steps. Those in the container's namespaces are steps of its own plan; each of those in
 * the runtime's is a plan, of a process that is there for nothing else.
 */
final class HookPlanner {
  private static final int UMASK = 022;

  private final Draft draft;
  private final Hooks hooks;
  private final HookState state;
  private final long openFilesHardLimit;

  HookPlanner(Draft draft, InitRequest request) {
    this.draft = draft;
    this.hooks = request.spec().hooks();
    this.state =
        new HookState(
            request.spec().ociVersion(),
            request.id().value(),
            request.bundle(),
            request.spec().annotations());
    this.openFilesHardLimit = request.host().openFilesHardLimit();
  }

  /** What comes when all is mounted, and the host's files are still there. */
  void beforeChangeOfRoot() {
    if (Stream.of(HookKind.PRESTART, HookKind.CREATE_RUNTIME, HookKind.CREATE_CONTAINER)
        .anyMatch(kind -> !kind.of(hooks).isEmpty())) {
      // Even if there are none of those, the runtime is to know that the first hook comes.
      draft.add(new Step.Sync(SyncPoint.RUN_RUNTIME_HOOKS));
    }
    if (!hooks.createContainer().isEmpty()) {
      enterBundle(draft, state);
      // Not that of the process, which may still have more mounts open.
      add(HookKind.CREATE_CONTAINER, ProcessPlanner.defaultOpenFiles(openFilesHardLimit));
      draft.add(new Step.SetUmask(0));
    }
  }

  /** What comes when the container was told to start. */
  void beforeProgram() {
    add(HookKind.START_CONTAINER, 0);
  }

  private void add(HookKind kind, long openFiles) {
    List<Hook> list = kind.of(hooks);
    for (int index = 0; index < list.size(); index++) {
      draft.add(
          new Step.RunHook(
              kind, index, complete(list.get(index)), openFiles, state.withOwnPid(kind.status())));
    }
  }

  static Plan plan(HookRequest request) {
    Draft draft = new Draft();
    draft.add(new Step.ResetSignals());
    draft.add(new Step.SetName("berth:hook"));
    // Who is to kill a hook that takes too long must not be gone before.
    draft.add(new Step.DieWithParent());
    enterBundle(draft, request.state());
    draft.add(
        new Step.RunHook(
            request.kind(),
            request.index(),
            complete(request.hook()),
            ProcessPlanner.defaultOpenFiles(request.openFilesHardLimit()),
            request.state().withPid(request.kind().status(), request.pid())));
    draft.add(new Step.End());
    return draft.finish(Set.of());
  }

  /** What a hook inherits is not the JVM's: its directory, and umask. */
  private static void enterBundle(Draft draft, HookState state) {
    // An engine may have removed the bundle before it deletes the container.
    draft.add(new Step.TryDirectory(HostPath.text(state.bundle())));
    draft.add(new Step.RequireDirectory("/"));
    draft.add(new Step.SetUmask(UMASK));
  }

  private static Hook complete(Hook hook) {
    return new Hook(
        hook.path(),
        hook.args().isEmpty() ? List.of(hook.path()) : hook.args(),
        Program.environment(hook.env()),
        hook.timeout());
  }
}
