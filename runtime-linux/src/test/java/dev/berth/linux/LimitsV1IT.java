package dev.berth.linux;

import static dev.berth.linux.testing.Containers.refusal;
import static dev.berth.linux.testing.LimitedContainers.file;
import static dev.berth.linux.testing.LimitedContainers.limited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Disk;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every limit that this machine's hierarchies of cgroup v1 have, in its file. */
@RunsContainers
class LimitsV1IT {
  private static final Path HIERARCHIES = Path.of("/sys/fs/cgroup");

  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void needs_cgroup_v1() {
    assumeFalse(LimitedContainers.isV2(), "needs cgroup v1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          # controller, linux.resources, file, what it says
          memory  | {"memory": {"limit": 67108864}}                     | memory.limit_in_bytes       | 67108864
          memory  | {"memory": {"limit": 67108864}}                     | memory.memsw.limit_in_bytes | 9223372036854771712
          memory  | {"memory": {"limit": 67108864, "swap": 67108864}}   | memory.memsw.limit_in_bytes | 67108864
          memory  | {"memory": {"limit": 67108864, "swap": 100663296}}  | memory.memsw.limit_in_bytes | 100663296
          memory  | {"memory": {"limit": 67108864, "swap": -1}}         | memory.memsw.limit_in_bytes | 9223372036854771712
          memory  | {"memory": {"limit": -1}}                           | memory.limit_in_bytes       | 9223372036854771712
          memory  | {"memory": {"reservation": 33554432}}               | memory.soft_limit_in_bytes  | 33554432
          memory  | {"memory": {"kernelTCP": 33554432}}                 | memory.kmem.tcp.limit_in_bytes | 33554432
          memory  | {"memory": {"swappiness": 0}}                       | memory.swappiness           | 0
          memory  | {"memory": {"swappiness": 7}}                       | memory.swappiness           | 7
          memory  | {"memory": {"useHierarchy": true}}                  | memory.use_hierarchy        | 1
          cpu     | {"cpu": {"shares": 512}}                            | cpu.shares                  | 512
          cpu     | {"cpu": {"shares": 1}}                              | cpu.shares                  | 2
          cpu     | {"cpu": {"quota": 50000}}                           | cpu.cfs_quota_us            | 50000
          cpu     | {"cpu": {"quota": 50000}}                           | cpu.cfs_period_us           | 100000
          cpu     | {"cpu": {"quota": -1, "period": 50000}}             | cpu.cfs_quota_us            | -1
          cpu     | {"cpu": {"quota": 20000, "period": 50000}}          | cpu.cfs_period_us           | 50000
          cpu     | {"cpu": {"quota": 50000, "burst": 50000}}           | cpu.cfs_burst_us            | 50000
          cpu     | {"cpu": {"burst": 0}}                               | cpu.cfs_burst_us            | 0
          cpu     | {"cpu": {"idle": 1, "shares": 512}}                 | cpu.idle                    | 1
          cpu     | {"cpu": {"idle": 0, "shares": 512}}                 | cpu.shares                  | 512
          cpu     | {"cpu": {"realtimePeriod": 500000}}                 | cpu.rt_period_us            | 500000
          cpu     | {"cpu": {"realtimePeriod": 500000, "realtimeRuntime": 1000}} | cpu.rt_runtime_us  | 1000
          cpuset  | {"cpu": {"cpus": "0"}}                              | cpuset.cpus                 | 0
          cpuset  | {"cpu": {"mems": "0"}}                              | cpuset.mems                 | 0
          pids    | {"pids": {"limit": 7}}                              | pids.max                    | 7
          pids    | {"pids": {"limit": 0}}                              | pids.max                    | 1
          pids    | {"pids": {"limit": -1}}                             | pids.max                    | max
          pids    | {}                                                  | pids.max                    | max
          blkio   | {"blockIO": {"weight": 500}}                        | blkio.bfq.weight            | 500
          """)
  void is_in_its_file(String controller, String json, String file, String content)
      throws Exception {
    assumeTrue(
        Files.exists(HIERARCHIES.resolve(controller)), "needs " + controller + " in cgroup v1");
    try (Container running = sleeping(json)) {
      assertThat(file(running, file)).isEqualTo(content);
    }
  }

  @Test
  void whoever_has_no_memory_left_waits() throws Exception {
    try (Container running =
        sleeping("{\"memory\": {\"limit\": 67108864, \"disableOOMKiller\": true}}")) {
      assertThat(file(running, "memory.oom_control")).startsWith("oom_kill_disable 1\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "throttleReadBpsDevice, read_bps",
    "throttleWriteBpsDevice, write_bps",
    "throttleReadIOPSDevice, read_iops",
    "throttleWriteIOPSDevice, write_iops"
  })
  void throttles_a_disk(String property, String name) throws Exception {
    Disk disk = Disk.any();
    try (Container running =
        sleeping("{\"blockIO\": {\"%s\": [%s]}}".formatted(property, disk.json("rate", 1048576)))) {
      assertThat(file(running, "blkio.throttle." + name + "_device")).isEqualTo(disk + " 1048576");
    }
  }

  @Test
  void a_weight_for_a_disk_with_another_scheduler_is_refused() {
    Disk disk = Disk.any();
    assumeFalse(disk.schedulers().contains("[bfq]"), "needs a disk without bfq");
    assertThat(
            refusal(
                limited(
                    container(),
                    "{\"blockIO\": {\"weightDevice\": [%s]}}".formatted(disk.json("weight", 500)))))
        .matches(
            "container \"ID\": blkio limit: write \"%s 500\" to \\S+/blkio.bfq.weight_device:"
                    .formatted(disk)
                + " EOPNOTSUPP \\(Operation not supported\\); the disk has another I/O scheduler");
  }

  @Test
  void a_limit_for_a_disk_that_is_not_there_is_refused() {
    assertThat(
            refusal(
                limited(
                    container(),
                    """
                    {"blockIO": {"throttleReadBpsDevice": [{"major": 4000, "minor": 5, "rate": 1}]}}
                    """)))
        .matches(
            "container \"ID\": blkio limit: write \"4000:5 1\" to"
                + " \\S+/blkio.throttle.read_bps_device: ENODEV \\(No such device\\); not a whole"
                + " disk that is there; the numbers are major:minor");
  }

  @Test
  void a_weight_of_leaves_is_refused() {
    assertThat(refusal(limited(container(), "{\"blockIO\": {\"leafWeight\": 500}}")))
        .matches(
            "container \"ID\": blkio limit: write \"500\" to \\S+/blkio.leaf_weight: ENOENT \\(No"
                + " such file or directory\\); this kernel has no such limit");
  }

  @Test
  void a_cgroup_that_is_made_on_the_way_gets_real_time_too() throws Exception {
    String top = "/" + Containers.newId();
    ContainerBuilder builder =
        limited(container(), "{\"cpu\": {\"realtimePeriod\": 500000, \"realtimeRuntime\": 1000}}")
            .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(top + "/a/b")));
    try (Container running = builder.start()) {
      assertThat(file(running, "cpu.rt_runtime_us")).isEqualTo("1000");
      assertThat(HIERARCHIES.resolve("cpu" + top + "/cpu.rt_runtime_us")).hasContent("1000");
      assertThat(
              refusal(
                  limited(container(), "{\"cpu\": {\"realtimeRuntime\": 5000}}")
                      .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(top + "/c")))))
          .matches(
              "container \"ID\": cpu limit: write \"5000\" to \\S+/c/cpu.rt_runtime_us: EINVAL"
                  + " \\(Invalid argument\\); it is more than the period, or than what the cgroup"
                  + " that it lies in has left");
    }
  }

  @Test
  void with_real_time_a_program_has_it() throws Exception {
    String json = "{\"cpu\": {\"realtimeRuntime\": 10000}}";
    try (Container running = limited(container(), json).start()) {
      String pid = Long.toString(running.process().pid());
      Process chrt = new ProcessBuilder("chrt", "--fifo", "--pid", "1", pid).inheritIO().start();
      assertThat(chrt.waitFor()).isZero();
      assertThat(Files.readString(Path.of("/proc", pid, "stat")).split(" ")[40]).isEqualTo("1");
    }
  }

  @Test
  void huge_pages_are_limited_in_the_tree_of_v2_that_has_the_controller() throws Exception {
    Path tree = HIERARCHIES.resolve("unified/cgroup.controllers");
    assumeTrue(
        Files.exists(tree) && Files.readString(tree).contains("hugetlb"),
        "needs the hugetlb controller in cgroup v2, beside v1");
    try (Container running =
        sleeping("{\"hugepageLimits\": [{\"pageSize\": \"2MB\", \"limit\": 4194304}]}")) {
      assertThat(file(running, "hugetlb.2MB.max")).isEqualTo("4194304");
      assertThat(file(running, "hugetlb.2MB.rsvd.max")).isEqualTo("4194304");
    }
    try (Container running = sleeping("{\"unified\": {\"hugetlb.2MB.max\": \"6291456\"}}")) {
      assertThat(file(running, "hugetlb.2MB.max")).isEqualTo("6291456");
    }
    assertThat(
            refusal(
                limited(
                    container(), "{\"hugepageLimits\": [{\"pageSize\": \"3MB\", \"limit\": 0}]}")))
        .isEqualTo(
            "linux.resources.hugepageLimits[0].pageSize: \"3MB\": the kernel has no pages of this"
                + " size (but of 1GB, 2MB)");
  }

  @Test
  void a_file_of_v2_is_refused_whose_controller_is_in_v1() {
    assertThat(refusal(limited(container(), "{\"unified\": {\"memory.high\": \"1\"}}")))
        .isEqualTo(
            "linux.resources.unified[\"memory.high\"]: the controller is not in cgroup v2 here,"
                + " only in v1 if at all; use the other properties");
  }

  private static Container sleeping(String json) {
    return limited(container(), json).start();
  }

  private static ContainerBuilder container() {
    return containers.container("sleep", "1000");
  }
}
