package dev.berth.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerException;
import dev.berth.ContainerStateException;
import dev.berth.InvalidSpecException;
import dev.berth.Limits;
import dev.berth.Signal;
import dev.berth.Status;
import dev.berth.core.spec.SpecReader;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.LiveCgroup;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IntelRdt;
import dev.berth.spec.LinuxResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Other limits for containers that live, with either version of cgroups. */
@RunsContainers
class UpdateIT {
  private static final long MIB = 1 << 20;
  private static final int ROUNDS = 40;

  @RegisterExtension static final Containers containers = new Containers();

  private static boolean v1;
  private static String cpus;

  @BeforeAll
  static void look() throws IOException {
    v1 = LiveCgroup.layout().isV1();
    // Version 2 also takes processors that are switched off.
    boolean two =
        v1
            ? Runtime.getRuntime().availableProcessors() > 1
            : Files.exists(Path.of("/sys/devices/system/cpu/cpu1"));
    cpus = two ? "0-1" : "0";
    assumeTrue(
        v1 || Files.readString(Path.of("/sys/fs/cgroup/cgroup.controllers")).contains("memory"),
        "needs controllers");
  }

  /** One that has limits of all kinds already. */
  private static Container limited() {
    return containers
        .container("sleep", "1000")
        .edit(spec ->
            spec.withLinux(
                spec.linux()
                    .withResources(
                        json("""
                        {
                          'memory': {'limit': 67108864, 'swap': 134217728,
                            'reservation': 33554432},
                          'cpu': {'shares': 512, 'quota': 50000, 'period': 100000,
                            'cpus': 'ALL'},
                          'pids': {'limit': 50}
                        }
                        """
                                .replace("ALL", cpus))
                            .withDevices(spec.linux().resources().devices()))))
        .start();
  }

  private static LinuxResources json(String json) {
    return SpecReader.read(json.replace('\'', '"').getBytes(UTF_8), LinuxResources.class)
        .orThrow(problems -> new AssertionError(problems));
  }

  /** Changes it, and returns what files say something else then. */
  private static Map<String, String> changed(Container container, Runnable change) {
    LiveCgroup cgroup = LiveCgroup.of(container);
    Map<String, String> before = cgroup.limits();
    change.run();
    Map<String, String> after = new TreeMap<>(cgroup.limits());
    after.entrySet().removeIf(file -> file.getValue().equals(before.get(file.getKey())));
    return after;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'memory': {'limit': 100663296}} | memory.limit_in_bytes=100663296"
            + " | memory.max=100663296 memory.swap.max=33554432",
        "{'memory': {'limit': 33554432, 'swap': 33554432}}"
            + " | memory.limit_in_bytes=33554432 memory.memsw.limit_in_bytes=33554432"
            + " | memory.max=33554432 memory.swap.max=0",
        "{'memory': {'limit': 268435456, 'swap': 268435456}}"
            + " | memory.limit_in_bytes=268435456 memory.memsw.limit_in_bytes=268435456"
            + " | memory.max=268435456 memory.swap.max=0",
        "{'memory': {'swap': 100663296}} | memory.memsw.limit_in_bytes=100663296"
            + " | memory.swap.max=33554432",
        "{'memory': {'swap': -1}} | memory.memsw.limit_in_bytes=9223372036854771712"
            + " | memory.swap.max=max",
        "{'memory': {'limit': -1}} | memory.limit_in_bytes=9223372036854771712"
            + " memory.memsw.limit_in_bytes=9223372036854771712"
            + " | memory.max=max memory.swap.max=max",
        "{'memory': {'reservation': 16777216}} | memory.soft_limit_in_bytes=16777216"
            + " | memory.low=16777216",
        "{'cpu': {'shares': 1024}} | cpu.shares=1024 | cpu.weight=100",
        "{'cpu': {'quota': 20000}} | cpu.cfs_quota_us=20000 | cpu.max=20000 100000",
        "{'cpu': {'period': 200000}} | cpu.cfs_period_us=200000 | cpu.max=50000 200000",
        "{'cpu': {'quota': -1}} | cpu.cfs_quota_us=-1 | cpu.max=max 100000",
        "{'cpu': {'quota': 2000, 'period': 1000}}"
            + " | cpu.cfs_period_us=1000 cpu.cfs_quota_us=2000 | cpu.max=2000 1000",
        "{'cpu': {'burst': 10000}} | cpu.cfs_burst_us=10000 | cpu.max.burst=10000",
        "{'cpu': {'burst': 60000, 'quota': 60000}}"
            + " | cpu.cfs_burst_us=60000 cpu.cfs_quota_us=60000"
            + " | cpu.max=60000 100000 cpu.max.burst=60000",
        "{'cpu': {'cpus': '0'}} | cpuset.cpus=0 | cpuset.cpus=0",
        "{'cpu': {'idle': 1}} | cpu.idle=1 cpu.shares=3 | cpu.idle=1 cpu.weight=1",
        "{'pids': {'limit': 20}} | pids.max=20 | pids.max=20",
        "{'pids': {'limit': -1}} | pids.max=max | pids.max=max",
        "{'memory': {'limit': 0, 'swap': 0}, 'cpu': {'shares': 0, 'quota': 0, 'cpus': ''}} | `` | ``",
      })
  void writes_what_is_mentioned_and_nothing_else(String change, String files1, String files2) {
    assumeTrue(!change.contains("'cpus': '0'") || !cpus.equals("0"), "needs two processors");
    try (Container container = limited()) {
      LinuxResources before = container.spec().linux().resources();
      Map<String, String> changed = changed(container, () -> container.update(json(change)));
      List<String> files = new ArrayList<>();
      changed.forEach((file, content) -> files.add(file + "=" + content));
      assertThat(String.join(" ", files)).isEqualTo(v1 ? files1 : files2);
      assertThat(container.spec().linux().resources().devices()).isEqualTo(before.devices());
    }
  }

  @Test
  void what_changed_is_in_the_configuration_for_the_next_change_and_for_others() {
    try (Container container = limited()) {
      container.update(json("{'memory': {'limit': 100663296}, 'pids': {'limit': 20}}"));
      container.update(json("{'cpu': {'shares': 256}}"));
      LinuxResources kept =
          containers.runtime().find(container.id()).orElseThrow().spec().linux().resources();
      assertThat(kept).isEqualTo(container.spec().linux().resources());
      assertThat(kept.memory().limit()).isEqualTo(96 * MIB);
      assertThat(kept.memory().swap()).isEqualTo(128 * MIB);
      assertThat(kept.pids().limit()).isEqualTo(20);
      assertThat(kept.cpu().shares()).isEqualTo(256);
      assertThat(kept.cpu().quota()).isEqualTo(50_000);
      assertThat(container.exec("echo", "goes on").run().output()).isEqualTo("goes on\n");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void puts_everything_back_if_the_kernel_refuses_the_last() throws Exception {
    try (Container container = limited()) {
      LiveCgroup cgroup = LiveCgroup.of(container);
      Map<String, String> before = cgroup.limits();
      byte[] config = Files.readAllBytes(config(container));
      String noSuchDisk = "[{'major': 4000, 'minor': 5, 'rate': 1000}]";
      String file = v1 ? "blkio.throttle.read_bps_device" : "io.max";
      for (String memory :
          List.of("'limit': 268435456, 'swap': 268435456", "'limit': 16777216, 'swap': 16777216")) {
        String change =
            """
            {'memory': {%s, 'reservation': 8388608}, 'cpu': {'idle': 1, 'quota': 90000,
              'burst': 80000, 'period': 90000, 'cpus': '0'}, 'pids': {'limit': 9},
              'blockIO': {'throttleReadBpsDevice': %s}}
            """
                .formatted(memory, noSuchDisk);
        assertThatThrownBy(() -> container.update(json(change)))
            .isExactlyInstanceOf(ContainerException.class)
            .hasMessage(
                "container \"%s\": %s limit: write \"4000:5 %s1000\" to %s: ENODEV (No such device); not a"
                    + " whole disk that is there; the numbers are major:minor; all limits are as they"
                    + " were",
                container.id(), v1 ? "blkio" : "io", v1 ? "" : "rbps=", cgroupFile(cgroup, file));
        assertThat(cgroup.limits()).isEqualTo(before);
        assertThat(config(container)).hasBinaryContent(config);
        assertThat(config(container).resolveSibling(".config.json")).doesNotExist();
      }
      container.update(json("{'pids': {'limit': 9}}"));
      assertThat(cgroup.read("pids.max")).isEqualTo("9");
    }
  }

  /** As the message has it: from the mount point, without what it lies in. */
  private static String cgroupFile(LiveCgroup cgroup, String file) {
    String path = cgroup.path(file).toString();
    String mount =
        LiveCgroup.layout().hierarchies().stream()
            .map(hierarchy -> hierarchy.mountPoint())
            .filter(point -> path.startsWith(point + "/"))
            .max((a, b) -> a.length() - b.length())
            .orElseThrow();
    return mount + "/" + path.substring(mount.length() + 1);
  }

  private static Path config(Container container) {
    return containers.runtime().root().resolve(container.id()).resolve("config.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'memory': {'limit': -2}} | linux.resources.memory.limit: -2 is neither a number of bytes nor -1",
        "{'memory': {'limit': 268435456}}"
            + " | linux.resources.memory.swap: 134217728 is smaller than memory.limit 268435456",
        "{'memory': {'swap': 33554432}}"
            + " | linux.resources.memory.swap: 33554432 is smaller than memory.limit 67108864",
        "{'cpu': {'burst': 60000}} | linux.resources.cpu.burst: 60000 is greater than cpu.quota 50000",
        "{'cpu': {'cpus': 'x'}} | linux.resources.cpu.cpus: \"x\" is not a list such as 0-3,7",
        "{'cpu': {'idle': 2}} | linux.resources.cpu.idle: 2 is not within 0 to 1",
        "{'blockIO': {'weight': 5}} | linux.resources.blockIO.weight: 5 is not within 10 to 1000",
      })
  void says_what_cannot_be_before_it_changes_anything(String change, String problem) {
    try (Container container = limited()) {
      LinuxResources bad = json(change);
      assertThat(
              changed(
                  container,
                  () ->
                      assertThatThrownBy(() -> container.update(bad.withPids(pids(7))))
                          .isInstanceOf(InvalidSpecException.class)
                          .hasMessage("update: %s", problem)))
          .isEmpty();
      assertThat(container.spec().linux().resources().pids().limit()).isEqualTo(50);
    }
  }

  private static LinuxResources.Pids pids(long limit) {
    return new LinuxResources.Pids(limit);
  }

  @Test
  void memory_that_is_in_use_is_left_if_it_is_to_be_checked() {
    try (Container container = limited()) {
      assertThatThrownBy(() ->
              container.update(
                  json(
                      "{'memory': {'limit': 4096, 'checkBeforeUpdate': true}, 'pids': {'limit': 7}}")))
          .isExactlyInstanceOf(ContainerException.class)
          .hasMessageMatching(
              ("container \"%s\": cgroup \"[^\"]+\": linux\\.resources\\.memory\\.limit: 4096 is less"
                      + " than the \\d+ bytes in use, and checkBeforeUpdate is set; all limits are as"
                      + " they were")
                  .formatted(container.id()));
      assertThat(LiveCgroup.of(container).read("pids.max")).isEqualTo("50");
    }
  }

  @Test
  void is_for_what_lives_started_or_not_paused_or_not() throws Exception {
    Container container = containers.container("sleep", "1000").create();
    container.update(json("{'pids': {'limit': 21}}"));
    assertThat(LiveCgroup.of(container).read("pids.max")).isEqualTo("21");
    assertThat(container.state().status()).isEqualTo(Status.CREATED);
    container.start();
    container.pause();
    container.update(json("{'pids': {'limit': 22}, 'memory': {'limit': 67108864}}"));
    assertThat(LiveCgroup.of(container).read("pids.max")).isEqualTo("22");
    assertThat(container.state().status()).isEqualTo(Status.PAUSED);
    container.kill(Signal.KILL);
    container.process().waitFor();
    assertThatThrownBy(() -> container.update(json("{'pids': {'limit': 23}}")))
        .isInstanceOf(ContainerStateException.class)
        .hasMessage("container \"%s\": cannot update: container not running", container.id());
    container.delete();
  }

  @Test
  void device_rules_change_all_together_or_not_at_all() throws Exception {
    try (Container container = containers.container("sleep", "1000").start()) {
      String open = "[ -e /dev/mine ] || mknod /dev/mine b 7 0; : < /dev/mine";
      assertThat(error(container, open)).contains("Operation not permitted");
      container.update(json("{'pids': {'limit': 50}}"));
      assertThat(error(container, open)).contains("Operation not permitted");
      container.update(
          json("{'devices': [{'allow': true, 'type': 'b', 'major': 7, 'access': 'rm'}]}"));
      assertThat(error(container, open)).doesNotContain("Operation not permitted");
      assertThat(container.exec("sh", "-c", "echo x > /dev/null").run().exitValue()).isZero();
      container.update(json("{'devices': [{'allow': false}]}"));
      assertThat(error(container, open)).contains("Operation not permitted");
    }
  }

  private static String error(Container container, String script) throws InterruptedException {
    return container.exec("sh", "-c", script).capabilities("CAP_MKNOD").run().error();
  }

  @Test
  void takes_limits_in_fewer_words() {
    Limits first = Limits.NONE.memory(64 * MIB).swap(0).cpus(2).pids(50);
    try (Container container = containers.container("sleep", "1000").limits(first).start()) {
      LiveCgroup cgroup = LiveCgroup.of(container);
      assertThat(cgroup.read(v1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max"))
          .isEqualTo(v1 ? "67108864" : "0");
      Limits second =
          Limits.NONE.memory(96 * MIB).reservation(32 * MIB).cpus(0.5).cpuShares(1024).cpuset("0");
      assertThat(changed(container, () -> container.update(second)))
          .containsExactlyInAnyOrderEntriesOf(
              v1
                  ? Map.of(
                      "memory.limit_in_bytes", "100663296",
                      "memory.memsw.limit_in_bytes", "100663296",
                      "memory.soft_limit_in_bytes", "33554432",
                      "cpu.cfs_quota_us", "50000",
                      "cpuset.cpus", "0")
                  : Map.of(
                      "memory.max", "100663296",
                      "memory.low", "33554432",
                      "cpu.max", "50000 100000",
                      "cpuset.cpus", "0"));
      assertThat(changed(container, () -> container.update(Limits.NONE.swap(32 * MIB))))
          .containsExactly(
              v1
                  ? entry("memory.memsw.limit_in_bytes", "134217728")
                  : entry("memory.swap.max", "33554432"));
      Limits none =
          Limits.NONE
              .memory(Limits.UNLIMITED)
              .cpus(Limits.UNLIMITED)
              .pids(Limits.UNLIMITED)
              .swap(Limits.UNLIMITED);
      container.update(none);
      assertThat(cgroup.read(v1 ? "memory.limit_in_bytes" : "memory.max"))
          .isEqualTo(v1 ? "9223372036854771712" : "max");
      assertThat(cgroup.read(v1 ? "cpu.cfs_quota_us" : "cpu.max"))
          .isEqualTo(v1 ? "-1" : "max 100000");
      assertThat(cgroup.read("pids.max")).isEqualTo("max");
      assertThatThrownBy(() -> container.update(Limits.NONE.swap(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("swap limit: 1 needs a memory limit, which there is none of");
    }
  }

  @Test
  void rates_are_of_disks() {
    try (Container container = containers.container("sleep", "1000").start()) {
      assertThatThrownBy(() -> container.update(Limits.NONE.reads(Path.of("/dev/null"), MIB)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("rate of \"/dev/null\": not a block device");
      assertThatThrownBy(() -> container.update(Limits.NONE.writes(Path.of("/dev/none"), MIB)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("rate of \"/dev/none\": ENOENT (No such file or directory)");
    }
  }

  @Test
  void schemata_are_for_a_group_of_its_own() {
    IntelRdt schemata = new IntelRdt(null, List.of(), "L3:0=f", null, false, false, false);
    try (Container container = limited()) {
      assertThat(
              changed(
                  container,
                  () ->
                      assertThatThrownBy(
                              () -> container.update(json("{'pids': {'limit': 7}}"), schemata))
                          .isExactlyInstanceOf(ContainerException.class)
                          .hasMessage(
                              "container \"%s\": linux.intelRdt: the container is in no group that could"
                                  + " have schemata; create it with some; all limits are as they were",
                              container.id())))
          .isEmpty();
    }
  }

  @Test
  void many_threads_change_it_at_once_and_it_is_what_one_of_them_said() throws Exception {
    try (Container container = limited();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch go = new CountDownLatch(1);
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int number = thread;
        all.add(
            threads.submit(() -> {
              go.await();
              for (int round = 0; round < ROUNDS; round++) {
                operate(container, number);
              }
              return null;
            }));
      }
      go.countDown();
      for (Future<?> each : all) {
        each.get();
      }
      if (container.state().status() == Status.PAUSED) {
        container.resume();
      }
      assertThat(container.state().status()).isEqualTo(Status.RUNNING);
      LiveCgroup cgroup = LiveCgroup.of(container);
      LinuxResources kept = container.spec().linux().resources();
      assertThat(cgroup.read("pids.max")).isEqualTo(kept.pids().limit().toString());
      assertThat(cgroup.read(v1 ? "memory.limit_in_bytes" : "memory.max"))
          .isEqualTo(kept.memory().limit().toString());
      assertThat(kept.pids().limit() * MIB).isEqualTo(kept.memory().limit());
      assertThat(container.exec("echo", "alive").run().output()).isEqualTo("alive\n");
    }
  }

  /** What comes at the wrong moment is refused, and nothing else. */
  private static void operate(Container container, int number) {
    try {
      switch (number) {
        case 0, 1 -> container.pause();
        case 2, 3 -> container.resume();
        default -> {
          long limit = 60 + number;
          container.update(
              json(
                  "{'pids': {'limit': %d}, 'memory': {'limit': %d}}"
                      .formatted(limit, limit * MIB)));
        }
      }
    } catch (ContainerStateException tooLate) {
      assertThat(number).isLessThan(4);
    }
  }
}
