package dev.berth.linux.lifecycle;

import dev.berth.ContainerException;
import dev.berth.ContainerSetupException;
import dev.berth.core.plan.Hints;
import dev.berth.linux.stub.StepFailedException;
import java.io.IOException;

/** Words what the kernel, or the stub, has refused. */
final class Failures {
  private Failures() {}

  /** The exception for the caller, with {@code cause} and all that it suppressed. */
  static ContainerException worded(String id, IOException cause) {
    return new ContainerSetupException(id, cause.getMessage() + hint(cause), cause);
  }

  private static String hint(IOException cause) {
    if (cause instanceof StepFailedException failed) {
      return Hints.of(failed.plan(), failed.index(), failed.errno().toString())
          .map(hint -> "; " + hint)
          .orElse("");
    }
    return "";
  }
}
