package dev.berth.linux.conformance;

import static dev.berth.linux.conformance.Comparison.REFUSED;
import static dev.berth.linux.conformance.LimitFiles.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.CgroupDriver;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Disk;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Systemctl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same limits, set by this runtime, by runc and by crun, and changed by them: every file of the
 * cgroup that can be written says the same, but for what is listed. With cgroup v2 alone, where no
 * runtime has its own idea of where cgroups lie.
 */
@RunsContainers
class LimitsComparisonIT {
  @RegisterExtension static final Containers containers = new Containers();

  /** What is there before the first change. */
  private static final String LIMITED =
      """
      {"memory": {"limit": 67108864, "swap": 134217728}, "pids": {"limit": 50},
       "cpu": {"shares": 512, "quota": 50000, "period": 100000, "cpus": "0"}}
      """;

  @BeforeAll
  static void needs_v2() {
    assumeTrue(LimitedContainers.isV2(), "needs cgroup v2 alone");
  }

  static List<Comparison> limits() {
    return Comparison.list("limits.txt");
  }

  @ParameterizedTest
  @MethodSource("limits")
  void are_in_the_same_files(Comparison comparison) throws Exception {
    Runtimes runtimes = Runtimes.of(containers, CgroupDriver.CGROUPFS);
    String id = Containers.newId();
    Path bundle = runtimes.bundle(id, sleeping(), json(comparison.subject().getFirst()));
    Optional<LimitFiles> ours = created(runtimes, runtimes.berth(), id, bundle);
    List<String> broken = new ArrayList<>(List.of(comparison.broken(taken(ours))));
    for (OciRuntime other : runtimes.others()) {
      String difference = difference(ours, created(runtimes, other, id, bundle));
      broken.add(comparison.broken(other, NOTHING, difference));
    }
    assertThat(broken).allMatch(String::isEmpty);
  }

  /** The files of a container while there is one; empty if it is refused. */
  private static Optional<LimitFiles> created(
      Runtimes runtimes, OciRuntime runtime, String id, Path bundle) throws Exception {
    try {
      return runtime.create(id, bundle).status() == 0
          ? Optional.of(LimitFiles.of(runtime.pid(id)))
          : Optional.empty();
    } finally {
      runtimes.remove(runtime, id);
    }
  }

  private static String taken(Optional<LimitFiles> files) {
    return files.isPresent() ? "taken" : REFUSED;
  }

  private static String difference(Optional<LimitFiles> ours, Optional<LimitFiles> others) {
    if (ours.isPresent() && others.isPresent()) {
      return ours.get().changesTo(others.get());
    }
    return ours.isPresent() == others.isPresent() ? NOTHING : taken(others);
  }

  /** The containers live on, so that each change is made to what the ones before have left. */
  @ParameterizedTest
  @EnumSource
  void change_in_the_same_files(CgroupDriver driver) throws Exception {
    assumeTrue(driver == CgroupDriver.CGROUPFS || Systemctl.runs(), "needs systemd as process 1");
    Runtimes runtimes = Runtimes.of(containers, driver);
    String id = Containers.newId();
    try {
      for (OciRuntime runtime : runtimes.all()) {
        String own = id + "-" + runtime;
        runtime.create(own, runtimes.bundle(own, sleeping(), LIMITED)).orThrow();
      }
      List<String> broken = new ArrayList<>();
      for (Comparison comparison : Comparison.list("updates.txt")) {
        String change = json(comparison.subject().getFirst());
        String ours = changed(runtimes.berth(), id, change);
        broken.add(comparison.broken(ours));
        for (OciRuntime other : runtimes.others()) {
          broken.add(comparison.broken(other, ours, changed(other, id, change)));
        }
      }
      assertThat(broken).allMatch(String::isEmpty);
    } finally {
      for (OciRuntime runtime : runtimes.all()) {
        runtimes.remove(runtime, id + "-" + runtime);
      }
    }
  }

  /** What files say after it, or that it was refused. */
  private static String changed(OciRuntime runtime, String id, String change) throws Exception {
    String own = id + "-" + runtime;
    LimitFiles before = LimitFiles.of(runtime.pid(own));
    int status = runtime.update(own, change).status();
    String changes = before.changesTo(LimitFiles.of(runtime.pid(own)));
    if (status == 0) {
      return changes;
    }
    return changes.equals(NOTHING) ? REFUSED : REFUSED + " after " + changes;
  }

  private static ContainerBuilder sleeping() {
    return containers.container("sleep", "1000");
  }

  private static String json(String text) {
    return text.replace("DISK", Disk.any().json("rate", 1048576));
  }
}
