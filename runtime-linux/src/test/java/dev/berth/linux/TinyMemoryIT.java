package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Limits;
import dev.berth.Result;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A limit of memory is the program's: what brings it to its place takes next to nothing of that.
 * For another number of containers: {@code -Dberth.tiny.containers=50}.
 */
@RunsContainers
class TinyMemoryIT {
  private static final int CONTAINERS =
      Integer.getInteger("berth.tiny.containers", LimitedContainers.isV2() ? 100 : 1000);

  @RegisterExtension static final Containers containers = new Containers();

  private static Path root;

  @BeforeAll
  static void put_the_program_into_a_root() throws Exception {
    root = containers.newRoot();
    Files.copy(TestProgram.get("nothing"), root.resolve("nothing"));
  }

  @Test
  void a_mebibyte_is_enough_for_a_small_program_every_time() throws Exception {
    for (int i = 0; i < CONTAINERS; i++) {
      assertThat(run(1 << 20)).as("exit status in round %d", i).isZero();
    }
  }

  @Test
  void so_is_half_of_it() throws Exception {
    for (int i = 0; i < CONTAINERS / 10; i++) {
      assertThat(run(512 << 10)).as("exit status in round %d", i).isZero();
    }
  }

  private static int run(long memory) throws InterruptedException {
    Result result =
        containers.container("/nothing").rootfs(root).limits(Limits.NONE.memory(memory)).run();
    return result.exitValue();
  }
}
