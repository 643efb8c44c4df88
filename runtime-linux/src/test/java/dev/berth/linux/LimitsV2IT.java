package dev.berth.linux;

import static dev.berth.linux.testing.Containers.refusal;
import static dev.berth.linux.testing.LimitedContainers.directory;
import static dev.berth.linux.testing.LimitedContainers.file;
import static dev.berth.linux.testing.LimitedContainers.limited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.lifecycle.Create;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Disk;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Warnings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every limit that cgroup v2 has, in its file. */
@RunsContainers
class LimitsV2IT {
  private static final String ONLY_V1 =
      """
      {"memory": {"limit": 67108864, "swappiness": 60, "disableOOMKiller": true,
                  "useHierarchy": true},
       "cpu": {"realtimePeriod": 1000000}, "blockIO": {"leafWeight": 100},
       "network": {"classID": 1048577, "priorities": [{"name": "lo", "priority": 5}]}}
      """;

  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void needs_cgroup_v2() throws Exception {
    assumeTrue(LimitedContainers.isV2(), "needs cgroup v2 alone");
    assertThat(Files.readString(Path.of("/sys/fs/cgroup/cgroup.controllers")).strip().split(" "))
        .contains("cpuset", "cpu", "io", "memory", "hugetlb", "pids");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          # linux.resources, file, what it says
          {"memory": {"limit": 67108864}}                     | memory.max       | 67108864
          {"memory": {"limit": 67108864}}                     | memory.swap.max  | max
          {"memory": {"limit": 67108864, "swap": 67108864}}   | memory.swap.max  | 0
          {"memory": {"limit": 67108864, "swap": 100663296}}  | memory.swap.max  | 33554432
          {"memory": {"limit": 67108864, "swap": -1}}         | memory.swap.max  | max
          {"memory": {"limit": -1}}                           | memory.max       | max
          {"memory": {"reservation": 33554432}}               | memory.low       | 33554432
          {"memory": {"reservation": -1}}                     | memory.low       | max
          {"cpu": {"shares": 512}}                            | cpu.weight       | 59
          {"cpu": {"shares": 2}}                              | cpu.weight       | 1
          {"cpu": {"shares": 262144}}                         | cpu.weight       | 10000
          {"cpu": {"quota": 50000}}                           | cpu.max          | 50000 100000
          {"cpu": {"quota": 20000, "period": 50000}}          | cpu.max          | 20000 50000
          {"cpu": {"quota": -1}}                              | cpu.max          | max 100000
          {"cpu": {"period": 50000}}                          | cpu.max          | max 50000
          {"cpu": {"quota": 50000, "burst": 50000}}           | cpu.max.burst    | 50000
          {"cpu": {"idle": 1, "shares": 512}}                 | cpu.idle         | 1
          {"cpu": {"idle": 0, "shares": 512}}                 | cpu.weight       | 59
          {"cpu": {"cpus": "0"}}                              | cpuset.cpus      | 0
          {"cpu": {"mems": "0"}}                              | cpuset.mems      | 0
          {"pids": {"limit": 7}}                              | pids.max         | 7
          {"pids": {"limit": 0}}                              | pids.max         | 1
          {"pids": {"limit": -1}}                             | pids.max         | max
          {"unified": {"memory.high": "33554432"}}            | memory.high      | 33554432
          {"unified": {"memory.oom.group": "1"}}              | memory.oom.group | 1
          {"unified": {"memory.min": "4096"}}                 | memory.min       | 4096
          {"unified": {"cgroup.max.depth": "3"}}              | cgroup.max.depth | 3
          {"memory": {"limit": 67108864}, "unified": {"memory.max": "33554432"}} | memory.max | 33554432
          """)
  void is_in_its_file(String json, String file, String content) throws Exception {
    try (Container running = sleeping(json)) {
      assertThat(file(running, file)).isEqualTo(content);
    }
  }

  @Test
  void a_disk_is_throttled_by_all_its_limits() throws Exception {
    Disk disk = Disk.any();
    String json =
        """
        {"blockIO": {"throttleReadBpsDevice": [%s], "throttleWriteBpsDevice": [%s],
                     "throttleReadIOPSDevice": [%s], "throttleWriteIOPSDevice": [%s]}}
        """
            .formatted(
                disk.json("rate", 1048576),
                disk.json("rate", 2097152),
                disk.json("rate", 100),
                disk.json("rate", 0));
    try (Container running = sleeping(json)) {
      assertThat(file(running, "io.max"))
          .isEqualTo("%s rbps=1048576 wbps=2097152 riops=100 wiops=max", disk);
    }
  }

  @Test
  void disks_are_weighed_by_what_the_kernel_has() throws Exception {
    try (Container running = sleeping("{\"blockIO\": {\"weight\": 500}}")) {
      boolean bfq = Files.exists(directory(running, "io.").resolve("io.bfq.weight"));
      assertThat(file(running, bfq ? "io.bfq.weight" : "io.weight"))
          .isEqualTo("default " + (bfq ? 500 : 4950));
    }
  }

  @ParameterizedTest
  @CsvSource({"2MB", "1GB"})
  void huge_pages_are_limited_with_their_reservation(String size) throws Exception {
    assumeTrue(
        Files.exists(
            Path.of(
                "/sys/kernel/mm/hugepages/hugepages-"
                    + (size.equals("2MB") ? "2048kB" : "1048576kB"))),
        "needs huge pages of " + size);
    String json = "{\"hugepageLimits\": [{\"pageSize\": \"%s\", \"limit\": 2147483648}]}";
    try (Container running = sleeping(json.formatted(size))) {
      assertThat(file(running, "hugetlb.%s.max".formatted(size))).isEqualTo("2147483648");
      assertThat(file(running, "hugetlb.%s.rsvd.max".formatted(size))).isEqualTo("2147483648");
    }
  }

  @Test
  void what_only_v1_has_does_not_keep_a_container_from_running() throws Exception {
    try (Container running = sleeping(ONLY_V1)) {
      assertThat(file(running, "memory.max")).isEqualTo("67108864");
    }
  }

  @Test
  void what_only_v1_has_is_warned_of() {
    assumeTrue(
        Warnings.areHeard(), "needs a log of java.util.logging, and no other on the class path");
    try (Warnings warnings = new Warnings(Create.class);
        Container running = sleeping(ONLY_V1)) {
      assertThat(warnings.messages())
          .hasSize(6)
          .contains(
              "container \"%s\": linux.resources.memory.swappiness: cgroup v2 has no such limit; left out"
                  .formatted(running.id()));
    }
  }

  @Test
  void real_time_is_refused() {
    assertThat(refused("{\"cpu\": {\"realtimeRuntime\": 1000}}"))
        .isEqualTo(
            "linux.resources.cpu.realtimeRuntime: cgroup v2 has no real-time scheduling by cgroup;"
                + " leave it out, and real-time processes are only limited by the whole host's"
                + " /proc/sys/kernel/sched_rt_runtime_us");
  }

  @Test
  void a_file_that_is_not_there_is_refused() {
    assertThat(refused("{\"unified\": {\"memory.limit_in_bytes\": \"1\"}}"))
        .matches(
            "container \"ID\": memory limit: write \"1\" to \\S+/memory.limit_in_bytes: ENOENT \\(No"
                + " such file or directory\\); this kernel has no such limit");
    assertThat(refused("{\"unified\": {\"net_cls.classid\": \"1\"}}"))
        .startsWith("net_cls limit: the net_cls controller is not available in cgroup v2 here");
  }

  @Test
  void a_size_of_pages_that_is_not_there_is_refused() {
    assertThat(refused("{\"hugepageLimits\": [{\"pageSize\": \"3MB\", \"limit\": 0}]}"))
        .matches(
            "linux.resources.hugepageLimits\\[0\\].pageSize: \"3MB\": the kernel has no pages of"
                + " this size \\(but of (1GB, )?2MB\\)");
  }

  @Test
  void a_disk_that_is_not_there_is_refused() {
    assertThat(
            refused(
                """
                {"blockIO": {"throttleReadBpsDevice": [{"major": 4000, "minor": 5, "rate": 1}]}}
                """))
        .matches(
            "container \"ID\": io limit: write \"4000:5 rbps=1\" to \\S+/io.max: ENODEV \\(No such"
                + " device\\); not a whole disk that is there; the numbers are major:minor");
  }

  private static String refused(String json) {
    return refusal(limited(container(), json));
  }

  private static Container sleeping(String json) {
    return limited(container(), json).start();
  }

  private static ContainerBuilder container() {
    return containers.container("sleep", "1000");
  }
}
