package dev.berth.linux.lifecycle;

import dev.berth.core.plan.HostId;
import dev.berth.linux.process.Stdio;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.User;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * Gives this JVM's pipes to a user of a user namespace. There nobody could do that: for a file
 * whose owner is not mapped, no capability counts. Elsewhere the process does it itself.
 */
final class StreamOwner {
  private StreamOwner() {}

  static void give(Stdio stdio, User user, LinuxSpec linux) throws IOException {
    OptionalLong owner = HostId.of(user.uid(), linux.uidMappings());
    if (owner.isPresent()) {
      stdio.own(owner.getAsLong());
    }
  }
}
