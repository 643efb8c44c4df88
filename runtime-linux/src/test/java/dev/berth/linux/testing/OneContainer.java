package dev.berth.linux.testing;

import dev.berth.CgroupDriver;
import dev.berth.ContainerRuntime;
import dev.berth.Result;
import java.nio.file.Path;
import java.time.Duration;

/** The program of a {@link ContainerJvm}. */
final class OneContainer {
  private OneContainer() {}

  private static CgroupDriver driver() {
    String name = System.getenv(ContainerJvm.DRIVER);
    return name == null ? CgroupDriver.CGROUPFS : CgroupDriver.valueOf(name);
  }

  public static void main(String[] arguments) throws InterruptedException {
    Path root = Path.of(arguments[0]);
    Path bundle = Path.of(arguments[1]);
    try {
      Result result =
          ContainerRuntime.builder()
              .root(root)
              .cgroupDriver(driver())
              .build()
              .container(arguments[2])
              .bundle(bundle)
              .run(Duration.ofSeconds(20))
              .orThrow();
      System.out.print(result.output());
    } catch (RuntimeException e) {
      System.out.print(e.getMessage());
    }
  }
}
