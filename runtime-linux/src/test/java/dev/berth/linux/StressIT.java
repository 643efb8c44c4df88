package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Stress;
import dev.berth.linux.testing.Workspace;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A child that met a safepoint between its clone and its exec would hang, which happens only under
 * a garbage collector at work, and only now and then.
 */
@RunsContainers
class StressIT {
  /** With each collector. */
  private static final int CONTAINERS = Integer.getInteger("berth.stress.containers", 1000);

  /** On two quiet processors it is a hundredth of this. */
  private static final int DEADLINE_SECONDS = Math.max(300, CONTAINERS / 5);

  @RegisterExtension final Workspace workspace = new Workspace();

  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UseG1GC", "-XX:+UseZGC"})
  void t38_no_container_hangs(String collector) throws Exception {
    Process jvm =
        ChildJvm.start(
            ChildJvm.command(
                List.of(collector, "-Xmx256m"),
                Stress.class,
                List.of(
                    workspace.root().toString(),
                    workspace.rootfs().toString(),
                    workspace.id("stress"),
                    Integer.toString(CONTAINERS))));
    String output = ChildJvm.output(jvm, DEADLINE_SECONDS);
    System.out.print(collector + ": " + output);
    assertThat(output)
        .matches(
            CONTAINERS
                + " containers in \\d+ ms; left: 0 containers, 0 children, -?[0-3] descriptors\n");
  }
}
