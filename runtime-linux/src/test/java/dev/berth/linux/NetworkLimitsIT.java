package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Classes and priorities of packets, in hierarchies that only this test has mounted. */
@RunsContainers
class NetworkLimitsIT {
  private static final String MOUNT =
      """
      mount -t tmpfs none /mnt
      mkdir /mnt/net
      mount -t cgroup -o net_cls,net_prio none /mnt/net
      """;

  private static final Duration AT_LENGTH = Duration.ofSeconds(1);

  @RegisterExtension static final Containers containers = new Containers();

  /**
   * The kernel keeps a hierarchy that is unmounted before its last cgroup is gone for good, and all
   * see it then; it goes when it is unmounted once more, later.
   */
  @BeforeEach
  @AfterEach
  void letGo() throws Exception {
    assumeFalse(
        Files.readString(Path.of("/proc/self/mountinfo")).contains("net_cls"),
        "needs net_cls of cgroup v1, mounted by nobody");
    Eventually.await("nobody has net_cls", NetworkLimitsIT::isFree);
  }

  private static boolean isFree() {
    try {
      if (Files.readString(Path.of("/proc/cgroups")).lines().noneMatch(NetworkLimitsIT::isInUse)) {
        return true;
      }
      Process again =
          new ProcessBuilder("unshare", "--mount", "sh", "-ec", MOUNT + "umount /mnt/net")
              .inheritIO()
              .start();
      assertThat(again.waitFor()).isZero();
      Thread.sleep(AT_LENGTH); // a mount too soon would find it still there, and keep it
      return false;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isInUse(String controller) {
    return controller.matches("net_(cls|prio)\t[1-9].*");
  }

  @Test
  void are_those_that_are_asked_for() throws Exception {
    String controllers = Files.readString(Path.of("/proc/cgroups"));
    assumeTrue(
        controllers.contains("net_cls\t0\t") && controllers.contains("net_prio\t0\t"),
        "needs net_cls and net_prio of cgroup v1, mounted by nobody");
    assumeFalse(LimitedContainers.isV2(), "needs cgroup v1");
    ContainerBuilder container =
        LimitedContainers.limited(
                containers.shell(
                    "cd /sys/fs/cgroup/net; cat net_cls.classid; grep lo net_prio.ifpriomap"),
                """
                {"network": {"classID": 1048577, "priorities": [{"name": "lo", "priority": 5}]}}
                """)
            // The file of priorities shows the interfaces of whoever reads it.
            .edit(spec ->
                spec.withLinux(
                    spec.linux()
                        .withNamespaces(
                            spec.linux().namespaces().stream()
                                .filter(each -> each.type() != Namespace.Type.NETWORK)
                                .toList())));

    assertThat(
            ContainerJvm.withMounts(MOUNT)
                .run(containers.directory().resolve("states"), containers.bundle(container)))
        .isEqualTo("1048577\nlo 5");
  }
}
