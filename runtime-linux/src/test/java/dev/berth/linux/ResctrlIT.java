package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IntelRdt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@RunsContainers
class ResctrlIT {
  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void a_group_of_a_file_system_that_is_not_mounted_is_refused() throws IOException {
    assumeTrue(
        !Files.readString(Path.of("/proc/self/mountinfo")).contains(" - resctrl "),
        "resctrl is mounted");
    IntelRdt rdt = new IntelRdt("gold", List.of(), "L3:0=f", null, false, false, false);
    assertThat(
            Containers.refusal(
                containers
                    .container("true")
                    .edit(spec -> spec.withLinux(spec.linux().withIntelRdt(rdt)))))
        .isEqualTo(
            "container \"ID\": linux.intelRdt: the resctrl file system is not mounted; mount -t resctrl"
                + " resctrl /sys/fs/resctrl does that, where /proc/filesystems lists it, which takes a"
                + " processor that has it");
  }
}
