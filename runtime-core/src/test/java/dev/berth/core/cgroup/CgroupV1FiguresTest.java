package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Stats;
import dev.berth.Stats.Counter;
import dev.berth.Stats.Cpu;
import dev.berth.Stats.Cpuset;
import dev.berth.Stats.Device;
import dev.berth.Stats.Events;
import dev.berth.Stats.Memory;
import dev.berth.Stats.Processor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Files as Linux 6.18 writes them. */
class CgroupV1FiguresTest {
  private static final OptionalLong NONE = OptionalLong.empty();

  private final WrittenFiles files = new WrittenFiles();

  private Stats stats() throws IOException {
    return new CgroupV1Figures(files).stats(Instant.EPOCH);
  }

  private CgroupV1FiguresTest with(String controller, String file, String content) {
    files.with(controller, file, content);
    return this;
  }

  private CgroupV1FiguresTest processorTime() {
    return with("cpuacct", "cpuacct.usage", "6812593\n")
        .with("cpuacct", "cpuacct.usage_percpu", "3132431 3680162 \n")
        .with("cpuacct", "cpuacct.usage_all", "cpu user system\n0 0 0\n1 0 4000000\n")
        .with("cpuacct", "cpuacct.stat", "user 12\nsystem 3\n")
        .with("cpu", "cpu.stat", "nr_periods 2\nnr_throttled 1\nthrottled_time 77\nnr_bursts 0\n");
  }

  @Test
  void reads_processor_time() throws IOException {
    processorTime();
    assertThat(stats().cpu())
        .isEqualTo(
            new Cpu(
                nanos(6_812_593),
                Optional.of(Duration.ofMillis(120)),
                Optional.of(Duration.ofMillis(30)),
                List.of(
                    new Processor(Duration.ofNanos(3_132_431), Duration.ZERO, Duration.ZERO),
                    new Processor(
                        Duration.ofNanos(3_680_162), Duration.ZERO, Duration.ofMillis(4))),
                of(2),
                of(1),
                nanos(77),
                Optional.empty()));
  }

  @Test
  void reads_finer_times_and_pressure_beside_it() throws IOException {
    processorTime()
        .with(CgroupWrite.CORE, "cpu.stat", "usage_usec 6812\nuser_usec 12\nsystem_usec 6800\n")
        .with(
            CgroupWrite.CORE,
            "memory.pressure",
            """
            some avg10=0.00 avg60=0.00 avg300=0.00 total=3
            full avg10=0.00 avg60=0.00 avg300=0.00 total=2
            """);
    Stats stats = stats();
    assertThat(stats.cpu().total()).isEqualTo(nanos(6_812_593));
    assertThat(stats.cpu().user()).isEqualTo(nanos(12_000));
    assertThat(stats.cpu().system()).isEqualTo(nanos(6_800_000));
    assertThat(stats.memory().pressure().orElseThrow().full().total())
        .isEqualTo(Duration.ofNanos(2000));
    assertThat(stats.cpu().pressure()).isEmpty();
  }

  @Test
  void reads_memory() throws IOException {
    counter("memory", 8_998_912, 10_432_512, 67_108_864, 3)
        .counter("memory.memsw", 8_998_913, 10_432_513, 9_223_372_036_854_771_712L, 0)
        .counter("memory.kmem", 270_336, 663_552, 9_223_372_036_854_710_272L, 0)
        .with("memory", "memory.soft_limit_in_bytes", "33554432\n")
        .with("memory", "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
        .with(
            "memory",
            "memory.stat",
            """
            cache 1
            rss 2
            inactive_file 3
            hierarchical_memory_limit 67108864
            total_cache 8388608
            total_rss 53248
            total_swap 4096
            total_inactive_file 8192
            """);
    Memory memory = stats().memory();
    assertThat(memory.total())
        .isEqualTo(new Counter(of(8_998_912), of(10_432_512), of(67_108_864), of(3)));
    assertThat(memory.withSwap())
        .isEqualTo(new Counter(of(8_998_913), of(10_432_513), NONE, of(0)));
    assertThat(memory.kernel()).isEqualTo(new Counter(of(270_336), of(663_552), NONE, of(0)));
    assertThat(memory.tcp()).isEqualTo(Counter.NONE);
    assertThat(memory.swap()).isEqualTo(new Counter(of(4096), NONE, NONE, NONE));
    assertThat(memory.reservation()).hasValue(32 << 20);
    assertThat(memory.workingSet()).hasValue(8_998_912 - 8192);
    assertThat(memory.anonymous()).hasValue(53_248);
    assertThat(memory.file()).hasValue(8_388_608);
    assertThat(memory.events()).isEqualTo(new Events(NONE, NONE, NONE, NONE, of(2), NONE));
    assertThat(memory.details()).hasSize(8).containsEntry("hierarchical_memory_limit", 67_108_864L);
  }

  @Test
  void reads_memory_beside_it_where_the_kernel_counts_it_there_alone() throws IOException {
    with("", "cgroup.controllers", "cpuset memory\n")
        .with("", "memory.current", "4096\n")
        .with("", "memory.peak", "8192\n")
        .with("", "memory.max", "16384\n")
        .with("", "memory.events", "low 0\nhigh 0\nmax 5\noom 1\noom_kill 2\n");
    assertThat(stats().memory().total())
        .isEqualTo(new Counter(of(4096), of(8192), of(16384), of(5)));
    assertThat(stats().memory().events().oomKill()).hasValue(2);
    assertThat(new CgroupV1Figures(files).usage().peakMemory()).hasValue(8192);
  }

  @Test
  void reads_where_processes_run() throws IOException {
    with("cpuset", "cpuset.cpus", "0-1\n")
        .with("cpuset", "cpuset.mems", "0\n")
        .with("cpuset", "cpuset.sched_load_balance", "1\n")
        .with("cpuset", "cpuset.sched_relax_domain_level", "-1\n");
    assertThat(stats().cpuset())
        .isEqualTo(
            new Cpuset(
                List.of(0, 1),
                List.of(0),
                Map.of("sched_load_balance", 1L, "sched_relax_domain_level", -1L)));
  }

  private static final String THROTTLE =
      """
      8:0 Read 4096
      8:0 Write 512
      8:0 Sync 4608
      8:0 Async 0
      8:0 Discard 0
      8:0 Total 4608
      Total 4608
      """;

  @Test
  void reads_devices_that_have_figures() throws IOException {
    with("blkio", "blkio.bfq.io_service_bytes_recursive", "Total 0\n")
        .with("blkio", "blkio.bfq.io_serviced_recursive", "Total 0\n")
        .with("blkio", "blkio.throttle.io_service_bytes_recursive", THROTTLE)
        .with(
            "blkio", "blkio.throttle.io_serviced_recursive", "8:0 Read 1\n8:0 Write 2\nTotal 3\n");
    assertThat(stats().io().devices())
        .containsExactly(new Device(8, 0, of(4096), of(512), of(0), of(1), of(2), NONE));
    assertThat(new CgroupV1Figures(files).usage().bytesWritten()).hasValue(512);
  }

  @Test
  void does_not_take_for_nothing_what_is_not_counted() throws IOException {
    with("blkio", "blkio.throttle.io_service_bytes_recursive", "Total 0\n");
    assertThat(stats().io().devices()).isEmpty();
    assertThat(new CgroupV1Figures(files).usage()).isEqualTo(CgroupUsage.NONE);
  }

  @Test
  void reads_huge_pages() throws IOException {
    with("hugetlb", "hugetlb.2MB.usage_in_bytes", "2097152\n")
        .with("hugetlb", "hugetlb.2MB.max_usage_in_bytes", "4194304\n")
        .with("hugetlb", "hugetlb.2MB.limit_in_bytes", "9223372036852678656\n")
        .with("hugetlb", "hugetlb.2MB.failcnt", "1\n");
    assertThat(stats().hugetlb())
        .isEqualTo(Map.of("2MB", new Counter(of(2 << 20), of(4 << 20), NONE, of(1))));
  }

  @Test
  void sums_up_what_was_used() throws IOException {
    processorTime()
        .with("memory", "memory.max_usage_in_bytes", "10432512\n")
        .with("pids", "pids.peak", "5\n");
    assertThat(new CgroupV1Figures(files).usage())
        .isEqualTo(
            new CgroupUsage(
                Optional.of(Duration.ofMillis(120)),
                Optional.of(Duration.ofMillis(30)),
                Optional.empty(),
                of(10_432_512),
                NONE,
                NONE,
                nanos(77),
                of(5)));
  }

  private CgroupV1FiguresTest counter(
      String name, long usage, long peak, long limit, long failures) {
    return with("memory", name + ".usage_in_bytes", usage + "\n")
        .with("memory", name + ".max_usage_in_bytes", peak + "\n")
        .with("memory", name + ".limit_in_bytes", limit + "\n")
        .with("memory", name + ".failcnt", failures + "\n");
  }

  private static OptionalLong of(long number) {
    return OptionalLong.of(number);
  }

  private static Optional<Duration> nanos(long number) {
    return Optional.of(Duration.ofNanos(number));
  }
}
