package dev.berth.linux.lifecycle;

import dev.berth.ContainerException;
import dev.berth.ContainerSetupException;
import dev.berth.core.plan.Hints;
import dev.berth.core.plan.StepText;
import dev.berth.linux.stub.StepFailedException;
import dev.berth.linux.sys.Errno;
import java.io.IOException;

/** Words what the kernel, or the stub, has refused. */
final class Failures {
  private Failures() {}

  /** The exception for the caller, with {@code cause} and all that it suppressed. */
  static ContainerException worded(String id, IOException cause) {
    String problem =
        cause instanceof StepFailedException step
            ? worded(step)
            : String.valueOf(cause.getMessage());
    return new ContainerSetupException(id, problem, cause);
  }

  /** The goal and the object: the call: the errno and its text; a hint. */
  private static String worded(StepFailedException failure) {
    Errno errno = failure.errno();
    StringBuilder text = new StringBuilder(StepText.describe(failure.plan(), failure.index()));
    if (!failure.detail().isEmpty()) {
      text.append(": ").append(failure.detail());
    }
    text.append(": ").append(Errno.describe(errno.number()));
    Hints.of(failure.plan(), failure.index(), errno.toString())
        .ifPresent(hint -> text.append("; ").append(hint));
    return text.toString();
  }
}
