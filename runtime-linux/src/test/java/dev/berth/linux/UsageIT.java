package dev.berth.linux;

import dev.berth.Container;
import dev.berth.Result;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@RunsContainers
class UsageIT {
  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void an_exec_in_its_own_cgroup() throws Exception {
    try (Container box = containers.container("sleep", "1000").start()) {
      Result result =
          box.exec(
                  "sh",
                  "-c",
                  "dd if=/dev/zero of=/dev/shm/x bs=1M count=20; (while :; do :; done) & sleep 1; cat /proc/self/cgroup")
              .ownCgroup()
              .run(Duration.ofSeconds(20));
      System.out.println(result);
      System.out.println(box.stats());
    }
    try (Container box = containers.container("sleep", "1000").splitCgroup().start()) {
      Result result =
          box.exec(
                  "sh",
                  "-c",
                  "dd if=/dev/zero of=/dev/shm/x bs=1M count=20; (while :; do :; done) & sleep 1; cat /proc/self/cgroup")
              .ownCgroup()
              .run(Duration.ofSeconds(20));
      System.out.println(result);
      System.out.println(box.exec("cat", "/proc/self/cgroup").run().output());
      System.out.println(box.stats());
    }
  }
}
