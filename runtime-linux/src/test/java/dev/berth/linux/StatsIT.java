package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerNotFoundException;
import dev.berth.Limits;
import dev.berth.Stats;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.linux.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is told of a container's cgroup. */
@ExtendWith(LeavesNothingBehind.class)
class StatsIT {
  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void prepare() throws IOException {
    ThisUser.requireCgroups();
    Files.copy(TestProgram.get("workload"), containers.root().resolve("bin/workload"));
  }

  private static ContainerBuilder shell(String script) {
    return containers.shell(script);
  }

  @Test
  void tells_what_a_container_uses() throws Exception {
    String script =
        "dd if=/dev/zero of=/dev/shm/file bs=1M count=8 2>/dev/null; workload cpu 300;"
            + " echo done; sleep 1000";
    Limits limits = Limits.NONE.memory(64 << 20).pids(50).cpus(0.5);
    try (Container box = shell(script).limits(limits).start()) {
      box.process().inputReader().readLine();
      Stats stats = box.stats();

      assertThat(stats.cpu().total().orElseThrow()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
      assertThat(stats.cpu().periods().getAsLong()).isPositive();
      assertThat(stats.cpu().throttled()).isPresent();
      assertThat(stats.cpu().processors().isEmpty()).isEqualTo(!ThisUser.isV1());
      assertThat(stats.memory().total().limit()).hasValue(64 << 20);
      assertThat(stats.memory().total().usage().getAsLong()).isBetween(8L << 20, 16L << 20);
      assertThat(stats.memory().total().peak().getAsLong())
          .isGreaterThanOrEqualTo(stats.memory().total().usage().getAsLong());
      assertThat(stats.memory().file().getAsLong()).isBetween(8L << 20, 10L << 20);
      assertThat(stats.memory().anonymous().getAsLong()).isPositive();
      assertThat(stats.memory().workingSet().getAsLong()).isBetween(8L << 20, 16L << 20);
      assertThat(stats.memory().events().oomKill()).hasValue(0);
      assertThat(stats.memory().details()).isNotEmpty();
      assertThat(stats.pids().usage().getAsLong()).isBetween(1L, 3L);
      assertThat(stats.pids().limit()).hasValue(50);
      assertThat(stats.pids().peak().getAsLong()).isBetween(2L, 5L);
      assertThat(stats.pids().failures()).hasValue(0);
    }
  }

  @Test
  void counts_how_often_a_limit_was_in_the_way() throws Exception {
    String script = "workload memory 64; sleep 1 & sleep 1 & sleep 1 & sleep 1; echo; sleep 1000";
    Limits limits = Limits.NONE.memory(32 << 20).pids(3);
    try (Container box = shell("sh -c '" + script + "'; sleep 1000").limits(limits).start()) {
      Eventually.await("a refused fork", () -> box.stats().pids().failures().orElse(0) > 0);
      Stats stats = box.stats();

      assertThat(stats.memory().events().oomKill()).hasValue(1);
      assertThat(stats.memory().total().failures().getAsLong()).isPositive();
      assertThat(stats.pids().peak()).hasValue(3);
    }
  }

  @Test
  void tells_how_much_was_waited() throws Exception {
    try (Container box = shell("sleep 1000").start()) {
      boolean counted = Files.exists(Path.of("/proc/pressure/cpu"));
      assertThat(box.stats().cpu().pressure().isPresent()).isEqualTo(counted);
      assertThat(box.stats().memory().pressure().isPresent()).isEqualTo(counted);
      assertThat(box.stats().io().pressure().isPresent()).isEqualTo(counted);
    }
  }

  @Test
  void without_a_limit_there_is_none() throws Exception {
    try (Container box = shell("sleep 1000").start()) {
      Stats stats = box.stats();
      assertThat(stats.memory().total().limit()).isEmpty();
      assertThat(stats.pids().limit()).isEmpty();
      assertThat(stats.memory().total().usage()).isPresent();
      assertThat(stats.pids().usage()).isPresent();
    }
  }

  @Test
  void can_be_asked_before_the_start_and_while_it_is_paused() throws Exception {
    try (Container box = shell("sleep 1000").create()) {
      assertThat(box.stats().pids().usage()).hasValue(1);
      box.start();
      box.pause();
      assertThat(box.stats().pids().usage().getAsLong()).isPositive();
      box.resume();
    }
  }

  @Test
  void figures_remain_until_the_container_is_deleted() throws Exception {
    Container box = shell("workload cpu 200").start();
    try (box) {
      box.process().waitFor();
      Stats stats = box.stats();
      // The program and the cgroup look at the clock at different moments.
      assertThat(stats.cpu().total().orElseThrow()).isGreaterThan(Duration.ofMillis(198));
      assertThat(stats.memory().total().peak().getAsLong()).isPositive();
      assertThat(stats.memory().total().usage().getAsLong())
          .isLessThanOrEqualTo(stats.memory().total().peak().getAsLong());
    }
    assertThatThrownBy(box::stats)
        .isInstanceOf(ContainerNotFoundException.class)
        .hasMessage("container \"%s\": does not exist", box.id());
  }

  @Test
  void a_container_can_be_deleted_meanwhile() throws Exception {
    for (int i = 0; i < 10; i++) {
      Container box = shell("sleep 1000").start();
      CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> askUntilItIsGone(box));
      box.close();
      asking.join();
    }
  }

  private static void askUntilItIsGone(Container box) {
    try {
      while (true) {
        box.stats();
      }
    } catch (ContainerNotFoundException expected) {
      // That is what there is to be told.
    }
  }
}
