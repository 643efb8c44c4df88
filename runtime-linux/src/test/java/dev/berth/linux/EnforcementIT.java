package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.LimitedContainers.file;
import static dev.berth.linux.testing.LimitedContainers.isV2;
import static dev.berth.linux.testing.LimitedContainers.limited;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Result;
import dev.berth.core.cgroup.CgroupText;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.HugePages;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import dev.berth.spec.Capabilities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** That limits hold, with either version of cgroups. */
@RunsContainers
class EnforcementIT {
  private static final String TWO_PAGES =
      "{\"hugepageLimits\": [{\"pageSize\": \"2MB\", \"limit\": 4194304}]}";

  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void a_program_that_takes_more_memory_is_killed() throws Exception {
    Result result =
        limited(
                containers.container("dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1"),
                "{\"memory\": {\"limit\": 16777216, \"swap\": 16777216}}")
            .run();
    assertThat(result.exitValue()).isEqualTo(137);
    assertThat(result.usage().peakMemory().getAsLong()).isBetween(8L << 20, 16L << 20);
  }

  @Test
  void a_fork_bomb_stops_at_its_limit() throws Exception {
    String bomb = "bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 1000";
    try (Container running =
        limited(containers.shell(bomb), "{\"pids\": {\"limit\": 24}}").start()) {
      Eventually.await("a fork was refused", () -> number(running, "pids.events", "max") > 0);
      assertThat(Long.parseLong(file(running, "pids.current"))).isBetween(1L, 24L);
    }
  }

  @Test
  void a_container_of_a_single_task_cannot_fork() throws Exception {
    Result result = limited(containers.shell("sleep 1; :"), "{\"pids\": {\"limit\": 0}}").run();
    assertThat(result.error()).isEqualTo("sh: can't fork: Resource temporarily unavailable\n");
  }

  @Test
  void a_busy_loop_gets_no_more_than_its_quota() throws Exception {
    long quota = 30_000;
    long period = 100_000;
    String json = "{\"cpu\": {\"quota\": %d, \"period\": %d}}".formatted(quota, period);
    try (Container running = limited(containers.shell("while :; do :; done"), json).start()) {
      long begin = System.nanoTime();
      long usedBefore = usedMicros(running);
      LongSupplier throttled = () -> number(running, "cpu.stat", "nr_throttled");
      Eventually.await("it was throttled", () -> throttled.getAsLong() >= 10);
      long used = usedMicros(running) - usedBefore;
      long elapsed = (System.nanoTime() - begin) / 1000;
      // A period that has begun has its whole quota.
      long most = quota * (elapsed / period + 2);
      assertThat(used).isPositive().isLessThanOrEqualTo(most + most / 10);
    }
  }

  @Test
  void a_device_that_is_not_allowed_cannot_be_opened() throws Exception {
    String json =
        """
        {"devices": [{"allow": false, "access": "rwm"},
                     {"allow": true, "type": "c", "major": 1, "minor": 11, "access": "r"}]}
        """;
    String script =
        """
        cd /dev
        busybox mknod log c 1 11; busybox mknod port c 1 4; busybox mknod nothing c 1 3
        (: < log) 2>/dev/null && echo log is read
        (: > log) 2>/dev/null || echo log is not written
        (: < port) 2>/dev/null || echo port is not read
        (: <> nothing) 2>/dev/null && echo null is both
        """;
    assertThat(output(limited(privileged(script), json)))
        .isEqualTo("log is read\nlog is not written\nport is not read\nnull is both");
  }

  @Test
  void a_program_sees_the_processors_and_the_memory_that_it_has() throws Exception {
    String json = "{\"cpu\": {\"cpus\": \"0\", \"mems\": \"0\"}}";
    assertThat(
            output(
                limited(
                    containers.shell(
                        "grep -E 'Cpus_allowed_list|Mems_allowed_list' /proc/self/status"),
                    json)))
        .isEqualTo("Cpus_allowed_list:\t0\nMems_allowed_list:\t0");
  }

  @Test
  void huge_pages_beyond_the_limit_are_refused() throws Exception {
    HugePages.assumeThere(4);
    assertThat(output(hugePages("4"))).isEqualTo("4: all");
    assertThat(output(limited(hugePages("2"), TWO_PAGES))).isEqualTo("2: all");
    assertThat(output(limited(hugePages("4"), TWO_PAGES))).isEqualTo("2: Cannot allocate memory");
  }

  @Test
  void huge_pages_that_nobody_reserved_are_refused_when_they_are_used() throws Exception {
    HugePages.assumeThere(4);
    assertThat(output(hugePages("4", "late"))).isEqualTo("4: all");
    assertThat(output(limited(hugePages("2", "late"), TWO_PAGES))).isEqualTo("2: all");
    int sigbus = 7;
    assertThat(limited(hugePages("4", "late"), TWO_PAGES).run().exitValue())
        .isEqualTo(128 + sigbus);
  }

  /** One that takes so many, one after the other. */
  private static ContainerBuilder hugePages(String... arguments) throws IOException {
    Path root = containers.newRoot();
    Files.copy(TestProgram.get("hugepages"), root.resolve("hugepages"));
    List<String> command = new ArrayList<>(List.of("/hugepages"));
    command.addAll(List.of(arguments));
    return containers.container(command.toArray(String[]::new)).rootfs(root);
  }

  /** One that can make nodes, and read the kernel's log. */
  private static ContainerBuilder privileged(String script) {
    List<String> capabilities = List.of("CAP_MKNOD", "CAP_SYSLOG");
    Capabilities sets =
        new Capabilities(capabilities, capabilities, List.of(), capabilities, List.of());
    return containers
        .shell(script)
        .edit(spec -> spec.withProcess(spec.process().withCapabilities(sets)));
  }

  /** How long all tasks of the container have run. */
  private static long usedMicros(Container container) throws IOException {
    return isV2()
        ? number(container, "cpu.stat", "usage_usec")
        : Long.parseLong(file(container, "cpuacct.usage")) / 1000;
  }

  private static long number(Container container, String file, String key) {
    try {
      return CgroupText.count(file(container, file), key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
