package dev.berth.linux;

import dev.berth.Container;
import dev.berth.ContainerRuntime;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An attached exec ends with its JVM, at whatever moment of the exec that is killed. */
@RunsContainers
@Timeout(240)
class DyingJvmIT {
  private static final int ROUNDS = 8;
  private static final int THREADS = 4;
  private static final int LATEST_MILLIS = 100;

  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void no_exec_outlives_its_jvm() throws Exception {
    try (Container container =
        workspace
            .container("a", "sleep", "1000")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()) {
      for (int round = 0; round < ROUNDS; round++) {
        Process jvm = ChildJvm.start(Execs.class, workspace.root().toString(), container.id());
        awaitReady(jvm);
        Thread.sleep(ThreadLocalRandom.current().nextInt(LATEST_MILLIS));
        jvm.destroyForcibly().waitFor();
        Eventually.await("no exec is left", () -> container.processes().size() == 1);
      }
    }
  }

  private static void awaitReady(Process jvm) throws IOException {
    if (!"ready".equals(ChildJvm.reader(jvm).readLine())) {
      throw new AssertionError("the other JVM has failed");
    }
  }

  /** Makes one exec after the other. */
  static final class Execs {
    private Execs() {}

    /** Takes a root and an id. */
    public static void main(String[] arguments) {
      ContainerRuntime runtime = ContainerRuntime.builder().root(Path.of(arguments[0])).build();
      Container container = runtime.find(arguments[1]).orElseThrow();
      container.exec("true").start();
      System.out.println("ready");
      for (int i = 0; i < THREADS; i++) {
        Thread.ofPlatform()
            .start(() -> {
              while (true) {
                container.exec("sleep", "1000").start();
              }
            });
      }
    }
  }
}
