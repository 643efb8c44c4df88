package dev.berth.linux.lifecycle;

import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.stub.StepFailedException;
import java.io.IOException;
import java.util.Optional;

/** The one reason for a process to end half-made that it cannot tell itself. */
final class OutOfMemory {
  private OutOfMemory() {}

  /** {@code failure}, with that reason if it is the one. */
  static IOException explained(IOException failure, Optional<Cgroup> cgroup) throws IOException {
    boolean unexplained = !(failure instanceof StepFailedException);
    if (unexplained && cgroup.isPresent() && cgroup.get().ranOutOfMemory()) {
      return new IOException(
          failure.getMessage()
              + "; the kernel killed it, for its cgroup ran out of memory: raise"
              + " linux.resources.memory.limit",
          failure);
    }
    return failure;
  }
}
