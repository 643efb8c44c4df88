package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.MemoryKills.Limit;
import dev.berth.Result;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is different where a container has swap: most tests want its memory to be felt at once. */
@RunsContainers
class SwapIT {
  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void memory_and_swap_run_out_together() throws Exception {
    assumeTrue(Files.readAllLines(Path.of("/proc/swaps")).size() > 1, "needs swap");
    Path root = containers.newRoot();
    Files.copy(
        TestProgram.get("allocate"), root.resolve("allocate"), StandardCopyOption.COPY_ATTRIBUTES);
    Result result =
        LimitedContainers.limited(
                containers.container("/allocate", "64").rootfs(root),
                "{\"memory\": {\"limit\": 4194304, \"swap\": 8388608}}")
            .run();
    assertThat(result.ending())
        .isEqualTo(
            new Ending.OutOfMemory(
                new MemoryKills(1, 0, Limit.MEMORY_AND_SWAP, OptionalLong.of(8388608))));
  }
}
