package dev.berth.linux;

import dev.berth.Limits;
import dev.berth.Result;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@RunsContainers
class TinyMemoryIT {
  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void x() throws Exception {
    Path root = containers.newRoot();
    Files.copy(TestProgram.get("nothing"), root.resolve("nothing"));
    for (long limit : new long[] {1 << 20, 768 << 10, 512 << 10, 384 << 10, 256 << 10, 128 << 10}) {
      int bad = 0;
      long peak = 0;
      String err = "";
      for (int i = 0; i < 40; i++) {
        try {
          Result r =
              containers
                  .runtime()
                  .container(Containers.newId())
                  .rootfs(root)
                  .command("/nothing")
                  .limits(Limits.NONE.memory(limit))
                  .run();
          if (r.exitValue() != 0) {
            bad++;
            err = "exit " + r.exitValue();
          }
          peak = Math.max(peak, r.usage().peakMemory().orElseThrow());
        } catch (RuntimeException e) {
          bad++;
          err = e.getMessage();
        }
      }
      System.out.println(limit + " bad " + bad + " peak " + peak + " " + err);
    }
  }
}
