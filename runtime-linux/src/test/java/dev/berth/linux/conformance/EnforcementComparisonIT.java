package dev.berth.linux.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.CgroupDriver;
import dev.berth.ContainerBuilder;
import dev.berth.core.cgroup.CgroupText;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Disk;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.HugePages;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import dev.berth.spec.Root;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same program with the same limits, run by this runtime, by runc and by crun, comes to the
 * same end and says the same, but for what is listed. With cgroup v2 alone.
 */
@RunsContainers
class EnforcementComparisonIT {
  @RegisterExtension static final Containers containers = new Containers();

  private Runtimes runtimes;
  private String id;

  @BeforeAll
  static void needs_v2() {
    assumeTrue(LimitedContainers.isV2(), "needs cgroup v2 alone");
  }

  @BeforeEach
  void prepare() throws IOException {
    runtimes = Runtimes.of(containers, CgroupDriver.CGROUPFS);
    id = Containers.newId();
  }

  static List<Comparison> outcomes() {
    return Comparison.list("outcomes.txt");
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void comes_to_the_same_end(Comparison comparison) throws Exception {
    if (comparison.toString().contains("/hugepages")) {
      HugePages.assumeThere(4);
    }
    String ours = end(runtimes.berth(), comparison);
    List<String> broken = new ArrayList<>(List.of(comparison.broken(ours)));
    for (OciRuntime other : runtimes.others()) {
      broken.add(comparison.broken(other, ours, end(other, comparison)));
    }
    assertThat(broken).allMatch(String::isEmpty);
  }

  private String end(OciRuntime runtime, Comparison comparison) throws Exception {
    Path root = containers.newRoot();
    for (String program : List.of("hugepages", "workload")) {
      Files.copy(TestProgram.get(program), root.resolve(program));
    }
    String limits =
        comparison.subject().getFirst().replace("DISK", Disk.any().json("rate", 1048576));
    // The words of a shell are not of interest, and come in between where they like.
    String script = "exec 2>/dev/null\n" + comparison.subject().get(1);
    ContainerBuilder container =
        containers.shell(script).edit(spec -> spec.withRoot(new Root(root.toString(), false)));
    try {
      return runtime.run(id, runtimes.bundle(id, container, limits)).line();
    } finally {
      runtimes.remove(runtime, id);
    }
  }

  @Test
  void a_busy_loop_is_throttled_to_its_quota() throws Exception {
    for (OciRuntime runtime : runtimes.all()) {
      try {
        start(runtime, "{\"cpu\": {\"quota\": 10000, \"period\": 100000}}");
        long periods = count("cpu.stat", "nr_periods");
        long used = count("cpu.stat", "usage_usec");
        long throttled = count("cpu.stat", "nr_throttled");
        Eventually.await(
            "it is throttled", () -> count("cpu.stat", "nr_throttled") >= throttled + 10);
        used = count("cpu.stat", "usage_usec") - used;
        // A period that has begun has its whole quota, and a clock that is late takes more of it,
        // but without a limit it were ten times as much.
        long most = 10_000 * (count("cpu.stat", "nr_periods") - periods + 2);
        assertThat(used).as(runtime.toString()).isPositive().isLessThan(2 * most);
      } finally {
        runtimes.remove(runtime, id);
      }
    }
  }

  @Test
  void nothing_runs_while_it_is_paused() throws Exception {
    for (OciRuntime runtime : runtimes.all()) {
      try {
        start(runtime, "{}");
        assertThat(whilePaused(runtime))
            .as(runtime.toString())
            .isEqualTo("running 0, paused 1, runs false, running 0");
      } finally {
        runtimes.remove(runtime, id);
      }
    }
  }

  private String whilePaused(OciRuntime runtime) throws Exception {
    Eventually.await("it runs", () -> count("cpu.stat", "usage_usec") > 100_000);
    String seen = frozen(runtime);
    runtime.pause(id).orThrow();
    seen += ", " + frozen(runtime);
    long before = count("cpu.stat", "usage_usec");
    Thread.sleep(300);
    seen += ", runs " + (count("cpu.stat", "usage_usec") > before);
    runtime.resume(id).orThrow();
    seen += ", " + frozen(runtime);
    Eventually.await("it goes on", () -> count("cpu.stat", "usage_usec") > before + 100_000);
    return seen;
  }

  private String frozen(OciRuntime runtime) throws Exception {
    return runtime.status(id) + " " + count("cgroup.events", "frozen");
  }

  /** A container that is busy, in the cgroup that {@link #count} reads. */
  private void start(OciRuntime runtime, String limits) throws Exception {
    runtime
        .create(id, runtimes.bundle(id, containers.shell("while :; do :; done"), limits))
        .orThrow();
    runtime.start(id).orThrow();
  }

  private long count(String file, String key) {
    try {
      return CgroupText.count(Files.readString(Path.of("/sys/fs/cgroup", id, file)), key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
