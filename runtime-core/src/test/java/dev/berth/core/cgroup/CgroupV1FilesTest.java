package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.HugepageLimit;
import dev.berth.spec.LinuxResources.InterfacePriority;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Network;
import dev.berth.spec.LinuxResources.Pids;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CgroupV1FilesTest {

  @Test
  void limits_memory_before_memory_and_swap_together() {
    Memory memory = new Memory(1000L, 500L, 2000L, null, null, 60L, true, null, null);

    assertThat(limits(LinuxResources.NONE.withMemory(memory)))
        .containsExactly(
            "memory.limit_in_bytes = 1000",
            "memory.memsw.limit_in_bytes = 2000",
            "memory.soft_limit_in_bytes = 500",
            "memory.swappiness = 60",
            "memory.oom_control = 1");
  }

  @Test
  void takes_what_engines_write_for_absent_as_absent() {
    Memory memory = new Memory(0L, 0L, 0L, 0L, 0L, -1L, false, null, false);
    Cpu cpu = new Cpu(0L, 0L, 0L, 0L, 0L, 0L, "", "", null);

    assertThat(limits(LinuxResources.NONE.withMemory(memory).withCpu(cpu))).isEmpty();
  }

  @Test
  void lifts_limits_by_minus_one() {
    Memory memory = new Memory(-1L, -1L, -1L, null, null, null, null, null, null);
    LinuxResources resources = LinuxResources.NONE.withMemory(memory).withPids(new Pids(-1L));

    assertThat(limits(resources))
        .containsExactly(
            "memory.limit_in_bytes = -1",
            "memory.memsw.limit_in_bytes = -1",
            "memory.soft_limit_in_bytes = -1",
            "pids.max = max");
  }

  @Test
  void shares_out_processors() {
    Cpu cpu = new Cpu(512L, 50_000L, 10_000L, 100_000L, 950_000L, 1_000_000L, "0-1", "0", 1L);

    assertThat(limits(LinuxResources.NONE.withCpu(cpu)))
        .containsExactly(
            "cpu.shares = 512",
            "cpu.cfs_period_us = 100000",
            "cpu.cfs_quota_us = 50000",
            "cpu.cfs_burst_us = 10000",
            "cpu.rt_period_us = 1000000",
            "cpu.rt_runtime_us = 950000",
            "cpu.idle = 1",
            "cpuset.cpus = 0-1",
            "cpuset.mems = 0");
  }

  @Test
  void writes_a_limit_of_no_process_as_one() {
    assertThat(limits(LinuxResources.NONE.withPids(new Pids(0L)))).containsExactly("pids.max = 1");
  }

  @Test
  void limits_huge_pages_network_and_rdma() {
    LinuxResources resources =
        new LinuxResources(
            null,
            null,
            null,
            null,
            null,
            List.of(new HugepageLimit("2MB", 4_194_304)),
            new Network(1_048_577L, List.of(new InterfacePriority("eth0", 500))),
            Map.of("mlx5_1", new LinuxResources.Rdma(3L, null)),
            null);

    assertThat(limits(resources))
        .containsExactly(
            "hugetlb.2MB.rsvd.limit_in_bytes = 4194304",
            "hugetlb.2MB.limit_in_bytes = 4194304",
            "net_cls.classid = 1048577",
            "net_prio.ifpriomap = eth0 500",
            "rdma.max = mlx5_1 hca_handle=3");
  }

  @Test
  void refuses_files_of_v2() {
    LinuxResources resources =
        new LinuxResources(
            null, null, null, null, null, null, null, null, Map.of("memory.high", "1"));

    assertThatThrownBy(() -> CgroupV1Files.of(resources))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(
            "linux.resources.unified: cgroup v1 has no such files; use the other properties");
  }

  private static List<String> limits(LinuxResources resources) {
    return CgroupV1Files.of(resources).stream()
        .map(write -> write.file() + " = " + write.value())
        .toList();
  }
}
