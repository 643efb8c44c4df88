package dev.berth.linux.lifecycle;

import dev.berth.core.plan.HookKind;
import dev.berth.core.plan.StepText;
import dev.berth.linux.stub.StartFailedException;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import java.io.IOException;
import java.util.List;

/** A hook of a start has failed. */
final class HookFailedException extends IOException {

  private static final long serialVersionUID = 1;

  HookFailedException(IOException cause) {
    this(Failures.description(cause), cause);
  }

  private HookFailedException(String message, IOException cause) {
    super(message, cause);
  }

  /** In the words of the plan, which only the runtime that created the container has had. */
  static HookFailedException startContainer(Hooks hooks, StartFailedException failed) {
    int index = failed.hook().orElseThrow();
    List<Hook> list = hooks.startContainer();
    String text =
        index < list.size()
            ? StepText.hook(HookKind.START_CONTAINER, index, list.get(index))
            : "run hooks.startContainer[%s]".formatted(index);
    return new HookFailedException(text + ": " + Failures.description(failed), failed);
  }
}
