package dev.berth.linux.lifecycle;

import dev.berth.core.plan.HookKind;
import java.io.IOException;

/** The hooks of a creation, and what a failed one leaves to do: runtime.md, "Lifecycle". */
final class CreateHooks {
  private final RuntimeHooks hooks;
  private boolean begun;

  CreateHooks(RuntimeHooks hooks) {
    this.hooks = hooks;
  }

  /** Runs those in the runtime's namespaces; those in the container's come next. */
  void run(long pid) throws IOException {
    begun = true;
    hooks.run(HookKind.PRESTART, pid);
    hooks.run(HookKind.CREATE_RUNTIME, pid);
  }

  /** What one hook did, only another one can undo. */
  void undo() throws IOException {
    if (begun) {
      hooks.runPoststop();
    }
  }
}
