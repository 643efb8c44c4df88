package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.HugepageLimit;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Pids;
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
          # limit, swap, what is written
          ,      ,     ''
          0,     0,    ''
          1000,  ,     memory.max = 1000
          -1,    ,     memory.max = max
          1000,  1000, memory.max = 1000; memory.swap.max = 0
          1000,  3000, memory.max = 1000; memory.swap.max = 2000
          1000,  -1,   memory.max = 1000; memory.swap.max = max
          -1,    -1,   memory.max = max; memory.swap.max = max
          ,      -1,   memory.swap.max = max
          """)
  void writes_swap_alone(@Nullable Long limit, @Nullable Long swap, String expected) {
    assertThat(String.join("; ", files(memory(limit, swap)))).isEqualTo(expected);
  }

  @Test
  void refuses_a_swap_below_the_limit() {
    assertThatThrownBy(() -> CgroupV2Files.of(memory(10L, 5L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("linux.resources.memory.swap: 5 is smaller than memory.limit 10");
  }

  @Test
  void refuses_a_swap_without_a_limit() {
    assertThatThrownBy(() -> CgroupV2Files.of(memory(null, 5L)))
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
          # quota, period, what is written
          0,     0,      ''
          50000, ,       cpu.max = 50000 100000
          50000, 200000, cpu.max = 50000 200000
          -1,    ,       cpu.max = max 100000
          ,      200000, cpu.max = max 200000
          """)
  void writes_quota_and_period_together(
      @Nullable Long quota, @Nullable Long period, String expected) {
    Cpu cpu = new Cpu(null, quota, null, period, null, null, null, null, null);

    assertThat(String.join("; ", files(LinuxResources.NONE.withCpu(cpu)))).isEqualTo(expected);
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
            new Cpu(null, null, 1000L, null, null, null, "0", "0", 0L),
            new Pids(32L),
            null,
            List.of(new HugepageLimit("1GB", 0)),
            null,
            Map.of("mlx5_1", new LinuxResources.Rdma(3L, 4L)),
            unified);

    assertThat(files(resources))
        .containsExactly(
            "memory.low = 500",
            "cpu.max.burst = 1000",
            "cpu.idle = 0",
            "cpuset.cpus = 0",
            "cpuset.mems = 0",
            "pids.max = 32",
            "hugetlb.1GB.rsvd.max = 0",
            "hugetlb.1GB.max = 0",
            "rdma.max = mlx5_1 hca_handle=3 hca_object=4",
            "memory.high = 900",
            "cgroup.max.depth = 2");
    assertThat(CgroupV2Files.of(resources).getLast().needsController()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"memory", "../memory.max", "''"})
  void refuses_what_is_no_file_of_a_cgroup(String file) {
    LinuxResources resources =
        new LinuxResources(null, null, null, null, null, null, null, null, Map.of(file, "1"));

    assertThatThrownBy(() -> CgroupV2Files.of(resources))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("linux.resources.unified: \"" + file + "\" is not the name of a cgroup file");
  }

  @Test
  void refuses_what_only_v1_has() {
    Memory memory = new Memory(null, null, null, null, null, 60L, null, null, null);

    assertThatThrownBy(() -> CgroupV2Files.of(LinuxResources.NONE.withMemory(memory)))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage("linux.resources.memory.swappiness: cgroup v2 has no such limit; leave it out");
  }

  private static LinuxResources memory(@Nullable Long limit, @Nullable Long swap) {
    return LinuxResources.NONE.withMemory(
        new Memory(limit, null, swap, null, null, null, null, null, null));
  }

  private static List<String> files(LinuxResources resources) {
    return CgroupV2Files.of(resources).stream()
        .map(write -> write.file() + " = " + write.value())
        .toList();
  }
}
