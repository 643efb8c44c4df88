package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Mountinfo;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers on a host whose root is the initial ramfs, which is a mount without a parent. */
@RunsContainers
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class InitramfsIT {
  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void requireInitramfs() throws IOException {
    Mountinfo root = Mountinfo.parse(Files.readString(Path.of("/proc/self/mountinfo"))).get("/");
    assumeTrue(root != null && root.type().equals("rootfs"), "needs the initial ramfs as the root");
  }

  @Test
  void runs_without_a_pivot() throws Exception {
    assertThat(
            output(
                containers
                    .shell("hostname; ls -d /proc/1 /dev/null /sys/class; touch /x 2>&1; :")
                    .hostname("box")
                    .withoutPivot()))
        .isEqualTo("box\n/dev/null\n/proc/1\n/sys/class\ntouch: /x: Read-only file system");
  }

  @Test
  void says_why_it_does_not_run_with_one() {
    assertThat(refusal(containers.container("true")))
        .contains("change root: pivot_root: EINVAL (Invalid argument)")
        .contains("initial ramfs");
  }
}
