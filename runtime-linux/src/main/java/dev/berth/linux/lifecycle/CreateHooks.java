package dev.berth.linux.lifecycle;

import dev.berth.core.plan.HookKind;
import dev.berth.linux.sys.Cancellation;
import java.io.IOException;

/** The hooks of a creation, and what a failed one leaves to do: runtime.md, "Lifecycle". */
final class CreateHooks {
  private final RuntimeHooks hooks;
  private final Cancellation cancellation;
  private boolean begun;

  CreateHooks(RuntimeHooks hooks, Cancellation cancellation) {
    this.hooks = hooks;
    this.cancellation = cancellation;
  }

  /** Runs those in the runtime's namespaces; those in the container's come next. */
  void run(long pid) throws IOException {
    begun = true;
    hooks.run(HookKind.PRESTART, pid, cancellation);
    hooks.run(HookKind.CREATE_RUNTIME, pid, cancellation);
  }

  /** What one hook did, only another one can undo. */
  void undo() throws IOException {
    if (begun) {
      hooks.runPoststop(cancellation);
    }
  }
}
