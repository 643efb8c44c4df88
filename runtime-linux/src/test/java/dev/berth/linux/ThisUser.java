package dev.berth.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.linux.sys.Host;
import dev.berth.linux.testing.BusyboxRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whoever runs a test that root can run, and so can a user who is delegated a cgroup of v2. */
final class ThisUser {
  private static final Path HIERARCHY = Path.of("/sys/fs/cgroup");

  private ThisUser() {}

  /** Skips the test for a user who cannot have cgroups. */
  static void requireCgroups() throws IOException {
    assumeTrue(BusyboxRoot.isAvailable(), "needs /bin/busybox (Debian: busybox-static)");
    assumeTrue(
        Host.geteuid() == 0 || isDelegated(),
        "needs root, or a cgroup that is delegated to this user: systemd-run --user --scope -p"
            + " Delegate=yes");
  }

  /** Whether this JVM is in a cgroup that the user may make others beside. */
  static boolean isDelegated() throws IOException {
    String own = Files.readString(Path.of("/proc/self/cgroup")).strip();
    return !isV1() && Files.isWritable(HIERARCHY.resolve("." + own.substring(3)).getParent());
  }

  /** Whether limits are those of cgroup v1. */
  static boolean isV1() throws IOException {
    return CgroupLayout.ofThisProcess().isV1();
  }
}
