package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Problem;
import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.BlockIO;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.HugepageLimit;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Network;
import dev.berth.spec.LinuxResources.Pids;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CgroupHybridFilesTest {

  @Test
  void writes_each_limit_where_its_controller_is() {
    LinuxResources resources =
        new LinuxResources(
            null,
            new Memory(1000L, null, null, null, null, 60L, null, null, null),
            new Cpu(512L, 50_000L, null, null, null, null, "0", null, null),
            new Pids(5L),
            new BlockIO(500, null, null, null, null, null, null),
            List.of(new HugepageLimit("2MB", 0)),
            new Network(1L, null),
            Map.of("mlx", new LinuxResources.Rdma(1L, null)),
            Map.of("cgroup.max.depth", "2"));
    Map<String, String> files =
        Map.of("hugetlb.2MB.max", "max", "io.weight", "default 100", "memory.max", "max");

    assertThat(lines(resources, List.of("hugetlb", "cpu", "io"), files))
        .containsExactly(
            "memory.limit_in_bytes = 1000",
            "memory.swappiness = 60",
            "cpuset.cpus = 0",
            "pids.max = 5",
            "net_cls.classid = 1",
            "rdma.max = mlx hca_handle=1",
            "cpu.weight = 59",
            "cpu.max = 50000",
            "io.weight = 4950",
            "hugetlb.2MB.max = 0",
            "cgroup.max.depth = 2");
  }

  @Test
  void leaves_out_what_a_controller_of_v2_has_not() {
    Memory memory = new Memory(null, null, null, null, null, 60L, null, null, null);
    LinuxResources resources = LinuxResources.NONE.withMemory(memory);

    assertThat(new CgroupHybridFiles(resources, List.of("hugetlb")).leftOut()).isEmpty();
    assertThat(new CgroupHybridFiles(resources, List.of("memory")).leftOut())
        .extracting(Problem::path)
        .containsExactly("linux.resources.memory.swappiness");
  }

  @Test
  void refuses_files_of_v2_whose_controller_is_in_v1() {
    LinuxResources resources =
        new LinuxResources(
            null, null, null, null, null, null, null, null, Map.of("memory.high", "1"));

    assertThatThrownBy(
            () -> new CgroupHybridFiles(resources, List.of("hugetlb")).writes(FilesInCgroup.NONE))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(
            "linux.resources.unified[\"memory.high\"]: the controller is not in cgroup v2 here,"
                + " only in v1 if at all; use the other properties");
  }

  private static List<String> lines(
      LinuxResources resources, List<String> unified, Map<String, String> files) {
    return FilesInCgroup.lines(
        () -> new CgroupHybridFiles(resources, unified).writes(new FilesInCgroup(files)));
  }
}
