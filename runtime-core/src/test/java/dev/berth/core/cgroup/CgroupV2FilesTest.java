package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Problem;
import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.BlockIO;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.HugepageLimit;
import dev.berth.spec.LinuxResources.InterfacePriority;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Network;
import dev.berth.spec.LinuxResources.Pids;
import dev.berth.spec.LinuxResources.ThrottleDevice;
import dev.berth.spec.LinuxResources.WeightDevice;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupV2FilesTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # limit, swap, limit before, what is written
          ,      ,     ,    ''
          0,     0,    ,    ''
          1000,  ,     ,    memory.max = 1000
          -1,    ,     ,    memory.swap.max = max; memory.max = max
          1000,  1000, ,    memory.swap.max = 0; memory.max = 1000
          1000,  3000, ,    memory.swap.max = 2000; memory.max = 1000
          1000,  3000, 500, memory.swap.max = 2000; memory.max = 1000
          1000,  -1,   ,    memory.swap.max = max; memory.max = 1000
          -1,    -1,   ,    memory.swap.max = max; memory.max = max
          ,      -1,   ,    memory.swap.max = max
          ,      3000, 500, memory.swap.max = 2500
          """)
  void writes_swap_alone(
      @Nullable Long limit, @Nullable Long swap, @Nullable String before, String expected) {
    Map<String, String> files =
        Map.of("memory.max", before == null ? "max" : before, "memory.swap.max", "max");

    assertThat(String.join("; ", files(memory(limit, swap), files))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, -1, memory.max = max",
    "1000, 1000, memory.max = 1000",
    "1000, 3000, memory.swap.max = 2000; memory.max = 1000"
  })
  void leaves_out_what_needs_no_limit_on_a_kernel_without_swap(
      long limit, long swap, String expected) {
    assertThat(String.join("; ", files(memory(limit, swap)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # in use, swap in use
          2001,     0,    'limit: 2000 is less than the 2001 bytes in use'
          2000,     2001, 'swap: 4000 is less than the 4001 bytes in use'
          """)
  void compares_what_is_in_use_before(String used, String swap, String message) {
    Memory memory = new Memory(2000L, null, 4000L, null, null, null, null, null, true);
    Map<String, String> use = Map.of("memory.current", used, "memory.swap.current", swap);

    assertThatThrownBy(
            () -> CgroupV2Files.of(LinuxResources.NONE.withMemory(memory), new FilesInCgroup(use)))
        .isInstanceOf(IOException.class)
        .hasMessage("linux.resources.memory.%s, and checkBeforeUpdate is set", message);
  }

  @Test
  void refuses_a_swap_below_the_limit() {
    assertThatThrownBy(() -> CgroupV2Files.of(memory(10L, 5L), FilesInCgroup.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("linux.resources.memory.swap: 5 is smaller than memory.limit 10");
  }

  @Test
  void refuses_a_swap_without_a_limit() {
    assertThatThrownBy(() -> CgroupV2Files.of(memory(null, 5L), FilesInCgroup.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("linux.resources.memory.swap: 5 without a memory.limit to subtract");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "2, 1",
    "3, 2",
    "512, 59",
    "1024, 100",
    "2048, 174",
    "262143, 10000",
    "262144, 10000",
    "9000000, 10000",
    "-1, 10000"
  })
  void converts_shares_to_a_weight(long shares, String weight) {
    Cpu cpu = new Cpu(shares, null, null, null, null, null, null, null, null);

    assertThat(files(LinuxResources.NONE.withCpu(cpu))).containsExactly("cpu.weight = " + weight);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # quota, period, both before, what is written
          0,     0,      max 100000,   ''
          50000, ,       max 100000,   cpu.max = 50000 100000
          50000, 200000, max 100000,   cpu.max = 50000 200000
          -1,    ,       10000 100000, cpu.max = max 100000
          -1,    200000, 10000 100000, cpu.max = max 200000
          ,      200000, max 100000,   cpu.max = max 200000
          ,      200000, 10000 100000, cpu.max = 10000 200000
          """)
  void writes_quota_and_period_together(
      @Nullable Long quota, @Nullable Long period, String before, String expected) {
    Cpu cpu = new Cpu(null, quota, null, period, null, null, null, null, null);
    List<String> files = files(LinuxResources.NONE.withCpu(cpu), Map.of("cpu.max", before));

    assertThat(String.join("; ", files)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, cpu.idle = 0; cpu.weight = 59", "1, cpu.idle = 1", ", cpu.weight = 59"})
  void gives_no_weight_to_what_is_idle(@Nullable Long idle, String expected) {
    Cpu cpu = new Cpu(512L, null, null, null, null, null, null, null, idle);

    assertThat(String.join("; ", files(LinuxResources.NONE.withCpu(cpu)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"10, 1", "11, 11", "100, 910", "500, 4950", "999, 9989", "1000, 10000"})
  void converts_weights_of_disks(int weight, int converted) {
    BlockIO blockIO = new BlockIO(weight, null, List.of(disk(weight)), null, null, null, null);

    assertThat(files(withBlockIO(blockIO)))
        .containsExactly("io.weight = " + converted, "io.weight = 8:0 " + converted);
    assertThat(files(withBlockIO(blockIO), Map.of("io.bfq.weight", "default 100")))
        .containsExactly("io.bfq.weight = " + weight, "io.bfq.weight = 8:0 " + weight);
  }

  @Test
  void throttles_disks() {
    BlockIO blockIO =
        new BlockIO(
            0,
            null,
            List.of(new WeightDevice(8, 0, 0, 0)),
            List.of(new ThrottleDevice(8, 0, 1), new ThrottleDevice(8, 16, 0)),
            List.of(new ThrottleDevice(8, 0, 2)),
            List.of(new ThrottleDevice(8, 0, 3)),
            List.of(new ThrottleDevice(8, 0, -1)));

    assertThat(files(withBlockIO(blockIO)))
        .containsExactly(
            "io.max = 8:0 rbps=1",
            "io.max = 8:16 rbps=max",
            "io.max = 8:0 wbps=2",
            "io.max = 8:0 riops=3",
            "io.max = 8:0 wiops=18446744073709551615");
  }

  @Test
  void writes_the_rest_and_last_what_is_given_by_file_name() {
    Map<String, String> unified = new LinkedHashMap<>();
    unified.put("memory.high", "900");
    unified.put("cgroup.max.depth", "2");
    LinuxResources resources =
        new LinuxResources(
            null,
            new Memory(null, 500L, null, null, null, null, null, null, null),
            new Cpu(null, null, 0L, null, null, null, "0", "0", 0L),
            new Pids(32L),
            null,
            List.of(new HugepageLimit("1GB", 0)),
            null,
            Map.of("mlx5_1", new LinuxResources.Rdma(3L, 4L)),
            unified);

    Map<String, String> files = Map.of("hugetlb.1GB.max", "max", "hugetlb.1GB.rsvd.max", "max");
    assertThat(files(resources, files))
        .containsExactly(
            "memory.low = 500",
            "cpu.idle = 0",
            "cpu.max.burst = 0",
            "cpuset.cpus = 0",
            "cpuset.mems = 0",
            "pids.max = 32",
            "hugetlb.1GB.rsvd.max = 0",
            "hugetlb.1GB.max = 0",
            "rdma.max = mlx5_1 hca_handle=3 hca_object=4",
            "memory.high = 900",
            "cgroup.max.depth = 2");
  }

  @Test
  void needs_no_controller_for_files_of_the_cgroup_itself() throws IOException {
    assertThat(
            CgroupV2Files.of(unified("cgroup.max.depth"), FilesInCgroup.NONE).stream()
                .map(CgroupWrite::needsController))
        .containsExactly(false);
  }

  @ParameterizedTest
  @CsvSource({"memory", "../memory.max", "''"})
  void refuses_what_is_no_file_of_a_cgroup(String file) {
    assertThatThrownBy(() -> CgroupV2Files.of(unified(file), FilesInCgroup.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("linux.resources.unified: \"" + file + "\" is not the name of a cgroup file");
  }

  @Test
  void leaves_out_what_only_v1_has_and_says_so() {
    LinuxResources resources =
        new LinuxResources(
            null,
            new Memory(null, null, null, null, 4096L, 60L, true, true, null),
            new Cpu(null, null, null, null, null, 1L, null, null, null),
            null,
            new BlockIO(null, 10, List.of(new WeightDevice(8, 0, 0, 20)), null, null, null, null),
            null,
            new Network(1L, List.of(new InterfacePriority("eth0", 1))),
            null,
            null);

    assertThat(files(resources)).isEmpty();
    assertThat(CgroupV2Files.leftOut(resources))
        .extracting(Problem::toString)
        .containsExactly(
            "linux.resources.memory.swappiness: cgroup v2 has no such limit; left out",
            "linux.resources.memory.disableOOMKiller: cgroup v2 has no such limit; left out",
            "linux.resources.memory.kernelTCP: cgroup v2 has no such limit; left out",
            "linux.resources.cpu.realtimePeriod: cgroup v2 has no such limit; left out",
            "linux.resources.blockIO.leafWeight: cgroup v2 has no such limit; left out",
            "linux.resources.blockIO.weightDevice[0].leafWeight: cgroup v2 has no such limit; left"
                + " out",
            "linux.resources.network.classID: cgroup v2 has no such limit; left out",
            "linux.resources.network.priorities: cgroup v2 has no such limit; left out");
  }

  @Test
  void leaves_out_nothing_that_nobody_asks_for() {
    LinuxResources resources =
        LinuxResources.NONE.withMemory(
            new Memory(1L, null, null, null, null, -1L, false, false, false));

    assertThat(CgroupV2Files.leftOut(resources)).isEmpty();
  }

  @Test
  void refuses_real_time() {
    Cpu cpu = new Cpu(null, null, null, null, 1000L, null, null, null, null);

    assertThatThrownBy(() -> CgroupV2Files.of(LinuxResources.NONE.withCpu(cpu), FilesInCgroup.NONE))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(
            "linux.resources.cpu.realtimeRuntime: cgroup v2 has no real-time scheduling by cgroup;"
                + " leave it out, and real-time processes are only limited by the whole host's"
                + " /proc/sys/kernel/sched_rt_runtime_us");
  }

  private static LinuxResources memory(@Nullable Long limit, @Nullable Long swap) {
    return LinuxResources.NONE.withMemory(
        new Memory(limit, null, swap, null, null, null, null, null, null));
  }

  private static LinuxResources unified(String file) {
    return new LinuxResources(null, null, null, null, null, null, null, null, Map.of(file, "1"));
  }

  private static WeightDevice disk(int weight) {
    return new WeightDevice(8, 0, weight, null);
  }

  private static LinuxResources withBlockIO(BlockIO blockIO) {
    return new LinuxResources(null, null, null, null, blockIO, null, null, null, null);
  }

  private static List<String> files(LinuxResources resources) {
    return files(resources, Map.of());
  }

  private static List<String> files(LinuxResources resources, Map<String, String> files) {
    return FilesInCgroup.lines(() -> CgroupV2Files.of(resources, new FilesInCgroup(files)));
  }
}
