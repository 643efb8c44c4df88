package dev.berth.linux.lifecycle;

import dev.berth.core.plan.NamespaceKind;
import dev.berth.linux.network.NetworkDevices;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.spec.LinuxSpec;
import java.io.IOException;
import java.util.List;

/** Moves the network devices of a configuration to the process that waits for them. */
final class MoveDevices {
  private MoveDevices() {}

  /** What is left to do in the network namespace of {@code pid}. */
  static List<Fd> to(long pid, LinuxSpec linux) throws IOException {
    String path = "/proc/" + pid + "/ns/net";
    try (Fd namespace = Directories.open(path, Directories.O_RDONLY | Directories.O_CLOEXEC, 0)) {
      if (NamespacesOf.thisJvm().has(NamespaceKind.NETWORK, namespace)) {
        throw new IOException(
            "linux.netDevices: the container has the runtime's own network namespace, where the"
                + " devices are already");
      }
      return List.of(NetworkDevices.move(linux.netDevices(), namespace));
    }
  }
}
