package dev.berth.linux.lifecycle;

import dev.berth.linux.process.Stdio;
import dev.berth.spec.IdMapping;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.User;
import java.io.IOException;

/**
 * Gives this JVM's pipes to a user of a user namespace. There nobody could do that: for a file
 * whose owner is not mapped, no capability counts. Elsewhere the process does it itself.
 */
final class StreamOwner {
  private StreamOwner() {}

  static void give(Stdio stdio, User user, LinuxSpec linux) throws IOException {
    for (IdMapping range : linux.uidMappings()) {
      long offset = user.uid() - range.containerID();
      if (offset >= 0 && offset < range.size()) {
        stdio.own(range.hostID() + offset);
      }
    }
  }
}
