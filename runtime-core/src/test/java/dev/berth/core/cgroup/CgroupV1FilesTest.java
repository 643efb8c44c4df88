package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void limits_the_buffers_of_tcp_where_the_kernel_does() throws Exception {
    Memory memory = new Memory(null, null, null, null, 4096L, null, null, null, null);
    LinuxResources resources = LinuxResources.NONE.withMemory(memory);
    String file = "memory.kmem.tcp.limit_in_bytes";
    FilesInCgroup files = new FilesInCgroup(Map.of(file, "9223372036854771712"));

    assertThat(FilesInCgroup.lines(() -> CgroupV1Files.of(resources, files)))
        .containsExactly(file + " = 4096");
    assertThat(CgroupV1Files.leftOut(resources, file::equals)).isEmpty();
    assertThat(FilesInCgroup.lines(() -> CgroupV1Files.of(resources, FilesInCgroup.NONE)))
        .isEmpty();
    assertThat(CgroupV1Files.leftOut(resources, _ -> false))
        .singleElement()
        .hasToString("linux.resources.memory.kernelTCP: this kernel has no such limit; left out");
  }

  @Test
  void takes_what_engines_write_for_absent_as_absent() {
    Memory memory = new Memory(0L, 0L, 0L, 0L, 0L, -1L, false, null, false);
    Cpu cpu = new Cpu(0L, 0L, null, 0L, 0L, 0L, "", "", null);

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
    Cpu cpu = new Cpu(512L, 50_000L, 10_000L, 100_000L, 950_000L, 1_000_000L, "0-1", "0", 0L);

    assertThat(limits(LinuxResources.NONE.withCpu(cpu)))
        .containsExactly(
            "cpu.idle = 0",
            "cpu.shares = 512",
            "cpu.cfs_period_us = 100000",
            "cpu.cfs_quota_us = 50000",
            "cpu.cfs_burst_us = 10000",
            "cpu.rt_period_us = 1000000",
            "cpu.rt_runtime_us = 950000",
            "cpuset.cpus = 0-1",
            "cpuset.mems = 0");
  }

  @Test
  void gives_no_shares_to_what_is_idle() {
    Cpu cpu = new Cpu(512L, null, null, null, null, null, null, null, 1L);

    assertThat(limits(LinuxResources.NONE.withCpu(cpu))).containsExactly("cpu.idle = 1");
  }

  @Test
  void lifts_a_burst_by_0() {
    Cpu cpu = new Cpu(null, null, 0L, null, null, null, null, null, null);

    assertThat(limits(LinuxResources.NONE.withCpu(cpu))).containsExactly("cpu.cfs_burst_us = 0");
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "2, 2", "-1, max"})
  void limits_tasks(long limit, String written) {
    assertThat(limits(LinuxResources.NONE.withPids(new Pids(limit))))
        .containsExactly("pids.max = " + written);
  }

  @Test
  void knows_a_limit_of_no_task_from_none() {
    assertThat(limits(LinuxResources.NONE.withPids(new Pids(null)))).isEmpty();
  }

  @Test
  void lifts_the_limit_of_swap_with_that_of_memory_where_swap_is_counted() {
    Memory memory = new Memory(-1L, null, null, null, null, null, null, null, null);
    LinuxResources resources = LinuxResources.NONE.withMemory(memory);

    assertThat(limits(resources)).containsExactly("memory.limit_in_bytes = -1");
    assertThat(limits(resources, Map.of("memory.memsw.limit_in_bytes", "9223372036854771712")))
        .containsExactly("memory.limit_in_bytes = -1", "memory.memsw.limit_in_bytes = -1");
  }

  @Test
  void asks_for_a_hierarchy_where_there_is_a_choice() {
    Memory memory = new Memory(1000L, null, null, null, null, null, null, true, null);
    LinuxResources resources = LinuxResources.NONE.withMemory(memory);

    assertThat(limits(resources)).containsExactly("memory.limit_in_bytes = 1000");
    assertThat(limits(resources, Map.of("memory.use_hierarchy", "1")))
        .containsExactly("memory.use_hierarchy = 1", "memory.limit_in_bytes = 1000");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # in use, with swap
          2001,     2001, 'limit: 2000 is less than the 2001 bytes in use'
          2000,     4001, 'swap: 4000 is less than the 4001 bytes in use'
          """)
  void compares_what_is_in_use_before(String used, String usedWithSwap, String message) {
    Memory memory = new Memory(2000L, null, 4000L, null, null, null, null, null, true);
    Map<String, String> use =
        Map.of("memory.usage_in_bytes", used, "memory.memsw.usage_in_bytes", usedWithSwap);

    assertThatThrownBy(
            () -> CgroupV1Files.of(LinuxResources.NONE.withMemory(memory), new FilesInCgroup(use)))
        .isInstanceOf(IOException.class)
        .hasMessage("linux.resources.memory.%s, and checkBeforeUpdate is set", message);
  }

  @Test
  void lets_a_limit_be_what_is_in_use() {
    Memory memory = new Memory(2000L, null, 4000L, null, null, null, null, null, true);
    Map<String, String> use =
        Map.of("memory.usage_in_bytes", "2000", "memory.memsw.usage_in_bytes", "4000");

    assertThat(limits(LinuxResources.NONE.withMemory(memory), use))
        .containsExactly("memory.limit_in_bytes = 2000", "memory.memsw.limit_in_bytes = 4000");
  }

  @ParameterizedTest
  @CsvSource({
    "blkio.weight, blkio.weight",
    "blkio.bfq.weight, blkio.bfq.weight",
    ", blkio.bfq.weight"
  })
  void weighs_disks_in_the_file_that_is_there(@Nullable String there, String file) {
    BlockIO blockIO =
        blockIO(
            500, null, List.of(new WeightDevice(8, 0, 300, null), new WeightDevice(8, 16, 0, 0)));

    assertThat(limits(withBlockIO(blockIO), there == null ? Map.of() : Map.of(there, "100")))
        .containsExactly(file + " = 500", file + "_device = 8:0 300");
  }

  @Test
  void weighs_leaves() {
    BlockIO blockIO = blockIO(null, 200, List.of(new WeightDevice(8, 0, null, 300)));

    assertThat(limits(withBlockIO(blockIO)))
        .containsExactly("blkio.leaf_weight = 200", "blkio.leaf_weight_device = 8:0 300");
  }

  @Test
  void throttles_disks() {
    BlockIO blockIO =
        new BlockIO(
            0,
            0,
            List.of(),
            List.of(new ThrottleDevice(8, 0, 1), new ThrottleDevice(8, 16, 0)),
            List.of(new ThrottleDevice(8, 0, 2)),
            List.of(new ThrottleDevice(8, 0, 3)),
            List.of(new ThrottleDevice(8, 0, -1)));

    assertThat(limits(withBlockIO(blockIO)))
        .containsExactly(
            "blkio.throttle.read_bps_device = 8:0 1",
            "blkio.throttle.read_bps_device = 8:16 0",
            "blkio.throttle.write_bps_device = 8:0 2",
            "blkio.throttle.read_iops_device = 8:0 3",
            "blkio.throttle.write_iops_device = 8:0 18446744073709551615");
  }

  @Test
  void limits_huge_pages_and_their_reservation_where_it_is_counted() {
    LinuxResources resources = hugepages("2MB");

    assertThat(limits(resources, Map.of("hugetlb.2MB.limit_in_bytes", "9223372036854771712")))
        .containsExactly("hugetlb.2MB.limit_in_bytes = 4194304");
  }

  @Test
  void names_the_sizes_of_huge_pages_that_there_are() {
    Map<String, String> files =
        Map.of(
            "hugetlb.2MB.limit_in_bytes", "0",
            "hugetlb.2MB.max_usage_in_bytes", "0",
            "hugetlb.1GB.limit_in_bytes", "0");

    assertThatThrownBy(() -> CgroupV1Files.of(hugepages("3MB"), new FilesInCgroup(files)))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(
            "linux.resources.hugepageLimits[0].pageSize: \"3MB\": the kernel has no pages of this"
                + " size (but of 1GB, 2MB)");
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

    Map<String, String> files =
        Map.of("hugetlb.2MB.limit_in_bytes", "0", "hugetlb.2MB.rsvd.limit_in_bytes", "0");
    assertThat(limits(resources, files))
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

    assertThatThrownBy(() -> CgroupV1Files.of(resources, FilesInCgroup.NONE))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(
            "linux.resources.unified: cgroup v1 has no such files; use the other properties");
  }

  private static LinuxResources hugepages(String size) {
    return new LinuxResources(
        null,
        null,
        null,
        null,
        null,
        List.of(new HugepageLimit(size, 4_194_304)),
        null,
        null,
        null);
  }

  private static BlockIO blockIO(
      @Nullable Integer weight, @Nullable Integer leafWeight, List<WeightDevice> devices) {
    return new BlockIO(weight, leafWeight, devices, null, null, null, null);
  }

  private static LinuxResources withBlockIO(BlockIO blockIO) {
    return new LinuxResources(null, null, null, null, blockIO, null, null, null, null);
  }

  private static List<String> limits(LinuxResources resources) {
    return limits(resources, Map.of());
  }

  private static List<String> limits(LinuxResources resources, Map<String, String> files) {
    return FilesInCgroup.lines(() -> CgroupV1Files.of(resources, new FilesInCgroup(files)));
  }
}
