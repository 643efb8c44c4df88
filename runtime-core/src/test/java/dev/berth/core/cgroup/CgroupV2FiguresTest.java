package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Stats;
import dev.berth.Stats.Counter;
import dev.berth.Stats.Cpu;
import dev.berth.Stats.Cpuset;
import dev.berth.Stats.Device;
import dev.berth.Stats.Events;
import dev.berth.Stats.Io;
import dev.berth.Stats.Memory;
import dev.berth.Stats.Pressure;
import dev.berth.Stats.Rdma;
import dev.berth.Stats.Stall;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Files as Linux 6.12 writes them. */
class CgroupV2FiguresTest {
  private static final OptionalLong NONE = OptionalLong.empty();
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

  private final WrittenFiles files = new WrittenFiles();

  private Stats stats() throws IOException {
    return new CgroupV2Figures(files).stats(NOW);
  }

  private CgroupV2FiguresTest with(String file, String content) {
    files.with(CgroupWrite.CORE, file, content);
    return this;
  }

  @Test
  void reads_processor_time() throws IOException {
    with(
            "cpu.stat",
            """
            usage_usec 301077
            user_usec 154210
            system_usec 146867
            nice_usec 0
            nr_periods 4
            nr_throttled 1
            throttled_usec 12518
            nr_bursts 0
            burst_usec 0
            """)
        .with(
            "cpu.pressure",
            """
            some avg10=0.88 avg60=0.18 avg300=0.04 total=135110
            full avg10=0.59 avg60=0.12 avg300=0.02 total=97222
            """);
    assertThat(stats().cpu())
        .isEqualTo(
            new Cpu(
                micros(301_077),
                micros(154_210),
                micros(146_867),
                List.of(),
                OptionalLong.of(4),
                OptionalLong.of(1),
                micros(12_518),
                Optional.of(
                    new Pressure(
                        new Stall(0.88, 0.18, 0.04, Duration.ofNanos(135_110_000)),
                        new Stall(0.59, 0.12, 0.02, Duration.ofNanos(97_222_000))))));
  }

  @Test
  void without_a_controller_nothing_is_counted() throws IOException {
    with("cgroup.controllers", "\n").with("cpu.stat", "usage_usec 5\nuser_usec 3\nsystem_usec 2\n");
    Stats stats = stats();
    assertThat(stats.cpu().total()).isEqualTo(micros(5));
    assertThat(stats.cpu().periods()).isEmpty();
    assertThat(stats.cpu().throttled()).isEmpty();
    assertThat(stats.cpu().pressure()).isEmpty();
    assertThat(stats.cpuset()).isEqualTo(new Cpuset(List.of(), List.of(), Map.of()));
    assertThat(stats.memory())
        .isEqualTo(
            new Memory(
                Counter.NONE,
                NONE,
                NONE,
                NONE,
                NONE,
                Counter.NONE,
                Counter.NONE,
                Counter.NONE,
                Counter.NONE,
                Events.NONE,
                Optional.empty(),
                Map.of()));
    assertThat(stats.pids()).isEqualTo(Counter.NONE);
    assertThat(stats.io()).isEqualTo(new Io(List.of(), Optional.empty()));
    assertThat(stats.hugetlb()).isEmpty();
    assertThat(stats.rdma()).isEmpty();
    assertThat(stats.time()).isEqualTo(NOW);
  }

  @Test
  void reads_memory() throws IOException {
    with("cgroup.controllers", "cpu memory pids\n")
        .with("memory.current", "9494528\n")
        .with("memory.peak", "14819328\n")
        .with("memory.max", "67108864\n")
        .with("memory.low", "0\n")
        .with("memory.swap.current", "4096\n")
        .with("memory.swap.peak", "8192\n")
        .with("memory.swap.max", "max\n")
        .with("memory.swap.events", "high 0\nmax 3\nfail 0\n")
        .with("memory.events", "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n")
        .with("memory.stat", "anon 53248\nfile 9183232\nkernel 258048\ninactive_file 794624\n");
    Memory memory = stats().memory();
    assertThat(memory.total()).isEqualTo(counter(9_494_528, 14_819_328, 67_108_864, 3));
    assertThat(memory.swap()).isEqualTo(new Counter(of(4096), of(8192), NONE, of(3)));
    assertThat(memory.withSwap()).isEqualTo(Counter.NONE);
    assertThat(memory.kernel()).isEqualTo(new Counter(of(258_048), NONE, NONE, NONE));
    assertThat(memory.reservation()).hasValue(0);
    assertThat(memory.workingSet()).hasValue(9_494_528 - 794_624);
    assertThat(memory.anonymous()).hasValue(53_248);
    assertThat(memory.file()).hasValue(9_183_232);
    assertThat(memory.events()).isEqualTo(new Events(of(1), of(2), of(3), of(4), of(5), of(6)));
    assertThat(memory.details())
        .isEqualTo(
            Map.of(
                "anon",
                53_248L,
                "file",
                9_183_232L,
                "kernel",
                258_048L,
                "inactive_file",
                794_624L));
  }

  @Test
  void a_working_set_is_not_negative() throws IOException {
    with("cgroup.controllers", "memory\n")
        .with("memory.current", "4096\n")
        .with("memory.stat", "inactive_file 8192\n");
    assertThat(stats().memory().workingSet()).hasValue(0);
  }

  @Test
  void reads_processes() throws IOException {
    with("cgroup.controllers", "pids\n")
        .with("pids.current", "1\n")
        .with("pids.peak", "4\n")
        .with("pids.max", "50\n")
        .with("pids.events", "max 7\n");
    assertThat(stats().pids()).isEqualTo(counter(1, 4, 50, 7));
  }

  @Test
  void no_limit_is_none() throws IOException {
    with("cgroup.controllers", "pids\n").with("pids.current", "1\n").with("pids.max", "max\n");
    assertThat(stats().pids()).isEqualTo(new Counter(of(1), NONE, NONE, NONE));
  }

  @Test
  void reads_devices_that_have_figures() throws IOException {
    with(
        "io.stat",
        """
        7:7 \n\
        254:16 rbytes=24576 wbytes=0 rios=6 wios=0 dbytes=0 dios=0
        254:0 rbytes=43930624 wbytes=1556480 rios=1046 wios=45 dbytes=4096 dios=1 cost.usage=5
        """);
    assertThat(stats().io().devices())
        .containsExactly(
            new Device(254, 16, of(24_576), of(0), of(0), of(6), of(0), of(0)),
            new Device(254, 0, of(43_930_624), of(1_556_480), of(4096), of(1046), of(45), of(1)));
  }

  @Test
  void reads_huge_pages() throws IOException {
    with("cgroup.controllers", "hugetlb\n")
        .with("hugetlb.2MB.current", "4194304\n")
        .with("hugetlb.2MB.max", "8388608\n")
        .with("hugetlb.2MB.events", "max 2\n")
        .with("hugetlb.1GB.current", "0\n")
        .with("hugetlb.1GB.max", "max\n")
        .with("hugetlb.1GB.events", "max 0\n");
    assertThat(stats().hugetlb())
        .isEqualTo(
            Map.of(
                "2MB",
                new Counter(of(4 << 20), NONE, of(8 << 20), of(2)),
                "1GB",
                new Counter(of(0), NONE, NONE, of(0))));
  }

  @Test
  void reads_rdma() throws IOException {
    with("cgroup.controllers", "rdma\n")
        .with(
            "rdma.current",
            "mlx4_0 hca_handle=2 hca_object=2000\nocrdma1 hca_handle=1 hca_object=3\n")
        .with("rdma.max", "mlx4_0 hca_handle=2 hca_object=max\n");
    assertThat(stats().rdma())
        .isEqualTo(
            Map.of(
                "mlx4_0",
                new Rdma(
                    new Counter(of(2), NONE, of(2), NONE), new Counter(of(2000), NONE, NONE, NONE)),
                "ocrdma1",
                new Rdma(
                    new Counter(of(1), NONE, NONE, NONE), new Counter(of(3), NONE, NONE, NONE))));
  }

  @Test
  void reads_where_processes_run() throws IOException {
    with("cgroup.controllers", "cpuset\n")
        .with("cpuset.cpus", "\n")
        .with("cpuset.cpus.effective", "0-2,5\n")
        .with("cpuset.mems.effective", "0\n");
    assertThat(stats().cpuset()).isEqualTo(new Cpuset(List.of(0, 1, 2, 5), List.of(0), Map.of()));
  }

  @Test
  void sums_up_what_was_used() throws IOException {
    with("cpu.stat", "usage_usec 5\nuser_usec 3\nsystem_usec 2\nthrottled_usec 9\n")
        .with("memory.peak", "14819328\n")
        .with("pids.peak", "4\n")
        .with(
            "io.stat",
            """
            254:16 rbytes=24576 wbytes=0 rios=6 wios=0 dbytes=0 dios=0
            254:0 rbytes=4096 wbytes=512 rios=1 wios=1 dbytes=0 dios=0
            """);
    assertThat(new CgroupV2Figures(files).usage())
        .isEqualTo(
            new CgroupUsage(
                micros(3),
                micros(2),
                Optional.empty(),
                of(14_819_328),
                of(28_672),
                of(512),
                micros(9),
                of(4)));
  }

  @Test
  void without_files_nothing_is_known_of_what_was_used() throws IOException {
    assertThat(new CgroupV2Figures(CgroupContents.NONE).usage()).isEqualTo(CgroupUsage.NONE);
    with("io.stat", "");
    assertThat(new CgroupV2Figures(files).usage().bytesRead()).hasValue(0);
  }

  private static OptionalLong of(long number) {
    return OptionalLong.of(number);
  }

  private static Counter counter(long usage, long peak, long limit, long failures) {
    return new Counter(of(usage), of(peak), of(limit), of(failures));
  }

  private static Optional<Duration> micros(long number) {
    return Optional.of(Duration.ofNanos(1000 * number));
  }
}
