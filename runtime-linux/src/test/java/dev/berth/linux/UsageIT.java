package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.ContainerSetupException;
import dev.berth.ExecBuilder;
import dev.berth.Limits;
import dev.berth.Result;
import dev.berth.Usage;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.linux.testing.TestProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is told of programs that use a known amount: it is off by two percent at the most. */
@ExtendWith(LeavesNothingBehind.class)
class UsageIT {
  /** The program and the kernel look at the clock at different moments. */
  private static final double LESS = 0.001;

  private static final double TOLERANCE = Integer.getInteger("berth.usage.percent", 2) / 100.0;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int MILLIS = 1000;
  private static final int MIB = 64;
  private static final int KIB = 16 << 10;

  /** Where a directory of the host's is in the container. */
  private static final String DISK = "/var";

  @RegisterExtension static final Containers containers = new Containers();

  private static boolean v1;

  @BeforeAll
  static void prepare() throws IOException {
    ThisUser.requireCgroups();
    Files.copy(TestProgram.get("workload"), containers.root().resolve("bin/workload"));
    v1 = ThisUser.isV1();
  }

  /** How a program is run, of which all that is counted is told. */
  enum How {
    CONTAINER {
      @Override
      Usage usage(String... command) throws InterruptedException {
        return container(command).run(LIMIT).orThrow().usage();
      }
    },

    EXEC {
      @Override
      Usage usage(String... command) throws InterruptedException {
        try (Container box = sleeping().splitCgroup().start()) {
          return box.exec(command).ownCgroup().run(LIMIT).orThrow().usage();
        }
      }
    };

    abstract Usage usage(String... command) throws InterruptedException;
  }

  private static ContainerBuilder container(String... command) {
    return containers.container(command).bind(containers.directory(), DISK);
  }

  private static ContainerBuilder sleeping() {
    return container("sleep", "1000");
  }

  @ParameterizedTest
  @EnumSource
  void processor_time_is_what_the_program_took(How how) throws Exception {
    long setUp = how.usage("workload", "cpu", "0").cpu().toNanos();
    long used = how.usage("workload", "cpu", "" + MILLIS).cpu().toNanos();
    assertWithin(MILLIS * 1_000_000L, used, setUp);
  }

  @ParameterizedTest
  @EnumSource
  void processor_time_is_also_that_of_children_that_nobody_waited_for(How how) throws Exception {
    long setUp = how.usage("workload", "orphan", "0").cpu().toNanos();
    long used = how.usage("workload", "orphan", "" + MILLIS).cpu().toNanos();
    assertWithin(MILLIS * 1_000_000L, used, setUp);
  }

  @ParameterizedTest
  @EnumSource
  void peak_memory_is_what_the_program_took(How how) throws Exception {
    long setUp = how.usage("workload", "memory", "0").peakMemory().getAsLong();
    long used = how.usage("workload", "memory", "" + MIB).peakMemory().getAsLong();
    assertWithin((long) MIB << 20, used, setUp);
  }

  @ParameterizedTest
  @EnumSource
  void bytes_are_those_that_went_to_the_disk_and_came_from_it(How how) throws Exception {
    String store = Files.getFileStore(containers.directory()).type();
    assumeTrue(!store.equals("tmpfs"), "needs a disk below java.io.tmpdir");
    String file = DISK + "/" + how;

    Usage writing = how.usage("workload", "write", file, "" + KIB);
    Usage reading = how.usage("workload", "read", file, "" + KIB);

    assertWithin((long) KIB << 10, writing.bytesWritten().getAsLong(), 0);
    assertWithin((long) KIB << 10, reading.bytesRead().getAsLong(), 0);
  }

  /**
   * What the program took, and no more than that with what its set-up takes, which is not the same
   * each time.
   */
  private static void assertWithin(long expected, long actual, long setUp) {
    assertThat(actual)
        .isBetween((long) (expected * (1 - LESS)), (long) (expected * (1 + TOLERANCE)) + setUp);
  }

  @ParameterizedTest
  @EnumSource
  void peak_of_processes_is_that_of_all_at_once(How how) throws Exception {
    Usage usage = how.usage("sh", "-c", "sleep 1 & sleep 1 & sleep 1 & wait");
    // An exec is set up by a process that ends only when the program has begun.
    assertThat(usage.peakPids().getAsLong()).isBetween(4L, 5L);
  }

  @Test
  void time_of_waiting_for_a_limit_is_told() throws Exception {
    Usage usage =
        container("workload", "cpu", "300")
            .limits(Limits.NONE.cpus(0.1))
            .run(LIMIT)
            .orThrow()
            .usage();
    assertThat(usage.throttled().orElseThrow()).isGreaterThan(Duration.ofMillis(300));
  }

  @Test
  void the_first_process_tells_the_same_after_the_container_is_gone() throws Exception {
    ContainerProcess process;
    try (Container box = container("workload", "orphan", "500").start()) {
      process = box.process();
      assertThat(process.usage()).isEmpty();
      process.waitFor();
    }
    Usage usage = process.usage().orElseThrow();
    assertThat(usage.cpu()).isGreaterThanOrEqualTo(Duration.ofMillis(500));
    assertThat(usage.peakMemory()).isPresent();
    assertThat(process.usage()).contains(usage);
  }

  @Test
  void an_exec_among_others_tells_its_own_and_of_what_it_waited_for() throws Exception {
    try (Container box = sleeping().start()) {
      Usage orphan = box.exec("workload", "orphan", "" + MILLIS).run(LIMIT).orThrow().usage();
      Usage own = box.exec("workload", "cpu", "" + MILLIS).run(LIMIT).orThrow().usage();

      assertThat(orphan.cpu()).isLessThan(Duration.ofMillis(MILLIS / 2));
      assertThat(own.cpu()).isGreaterThanOrEqualTo(Duration.ofMillis(MILLIS));
      assertThat(own.peakMemory()).isEmpty();
      assertThat(own.throttled()).isEmpty();
      assertThat(own.peakPids()).isEmpty();
    }
  }

  @Test
  void beside_other_processes_cgroup_v2_counts_processor_time_alone() throws Exception {
    try (Container box = sleeping().start()) {
      Usage usage = box.exec("workload", "orphan", "500").ownCgroup().run(LIMIT).orThrow().usage();

      assertThat(usage.cpu()).isGreaterThanOrEqualTo(Duration.ofMillis(500));
      assertThat(usage.peakMemory().isPresent()).isEqualTo(v1);
      assertThat(usage.peakPids().isPresent()).isEqualTo(v1);
    }
  }

  @Test
  void an_exec_ends_with_all_that_it_started() throws Exception {
    try (Container box = sleeping().start()) {
      String script = "sleep 1000 & (sleep 1001 &) ; echo done";
      Result result = box.exec("sh", "-c", script).ownCgroup().run(LIMIT).orThrow();

      assertThat(result.output()).isEqualTo("done\n");
      assertThat(box.processes()).hasSize(1);
      assertThat(execCgroups()).isEmpty();
    }
  }

  @Test
  void at_the_limit_exactly_its_tree_is_killed() throws Exception {
    try (Container box = sleeping().start()) {
      ContainerProcess other = box.exec("sleep", "1000").start();
      Result result =
          box.exec("sh", "-c", "sleep 1001 & sleep 1002").ownCgroup().run(Duration.ofMillis(500));

      assertThat(result.timedOut()).isTrue();
      assertThat(box.processes()).hasSize(2);
      assertThat(other.isAlive()).isTrue();
      assertThat(execCgroups()).isEmpty();
    }
  }

  @Test
  void the_cgroup_goes_also_if_nobody_asks() throws Exception {
    try (Container box = sleeping().start()) {
      ContainerProcess process = box.exec("sh", "-c", "sleep 1000 &").ownCgroup().start();
      assertThat(process.waitFor()).isZero();
      Eventually.await("no cgroup of an exec", () -> execCgroups().isEmpty());
      assertThat(box.processes()).hasSize(1);
    }
  }

  @Test
  void there_is_no_cgroup_for_a_process_that_there_is_not() throws Exception {
    try (Container box = sleeping().start()) {
      ExecBuilder missing = box.exec("/not/there").ownCgroup();
      assertThatThrownBy(missing::start).isInstanceOf(ContainerSetupException.class);
      assertThat(execCgroups()).isEmpty();
    }
  }

  @Test
  void many_at_once_are_counted_apart() throws Exception {
    try (Container box = sleeping().splitCgroup().start();
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Usage>> runs = new ArrayList<>();
      for (int i = 1; i <= 8; i++) {
        String mib = Integer.toString(8 * i);
        runs.add(
            () -> box.exec("workload", "memory", mib).ownCgroup().run(LIMIT).orThrow().usage());
      }
      int i = 0;
      for (Future<Usage> usage : executor.invokeAll(runs)) {
        long own = 8L * ++i << 20;
        assertThat(usage.get().peakMemory().getAsLong()).isBetween(own, own + (6 << 20));
      }
      assertThat(execCgroups()).isEmpty();
    }
  }

  @Test
  void its_container_can_be_deleted() throws Exception {
    ContainerProcess process;
    try (Container box = sleeping().start()) {
      process = box.exec("sleep", "1000").ownCgroup().start();
    }
    assertThat(process.waitFor()).isEqualTo(137);
    assertThat(process.usage()).isPresent();
    assertThat(execCgroups()).isEmpty();
  }

  @Test
  void in_a_split_cgroup_limits_hold_for_all_together() throws Exception {
    try (Container box = sleeping().limits(Limits.NONE.memory(32 << 20)).splitCgroup().start()) {
      assertThat(box.exec("workload", "memory", "64").ownCgroup().run(LIMIT).exitValue())
          .isEqualTo(137);
      assertThat(box.exec("workload", "memory", "64").run(LIMIT).exitValue()).isEqualTo(137);
      assertThat(box.exec("workload", "memory", "16").run(LIMIT).exitValue()).isZero();
      // Cgroup v1 counts for each cgroup alone, and the first one is gone.
      assertThat(box.stats().memory().events().oomKill()).hasValue(v1 ? 1 : 2);
    }
  }

  /** On the host. */
  private static List<String> execCgroups() {
    String name = "exec-%d-*".formatted(ProcessHandle.current().pid());
    try {
      Process find =
          new ProcessBuilder("find", "/sys/fs/cgroup", "-type", "d", "-name", name)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return find.inputReader().readAllLines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
