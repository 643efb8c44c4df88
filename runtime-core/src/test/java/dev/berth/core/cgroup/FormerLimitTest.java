package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormerLimitTest {
  private static String former(String controller, String file, String value, String content)
      throws IOException {
    CgroupContents contents = new FilesInCgroup(Map.of(file, content));
    return String.join(
        ", ",
        FormerLimit.of(new CgroupWrite(controller, file, value), contents).stream()
            .map(write -> {
              assertThat(write.controller()).isEqualTo(controller);
              return write.file() + "=" + write.value();
            })
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "pids, pids.max, 5, max",
    "cpu, cpu.max, max 1000, 50000 100000",
    "memory, memory.limit_in_bytes, 5, 9223372036854771712",
    "cpuset, cpuset.cpus, 0, 0-3",
    "cpu, cpu.weight, 5, 100",
  })
  void one_value_is_written_as_it_was_read(
      String controller, String file, String value, String content) throws IOException {
    assertThat(former(controller, file, value, content + "\n")).isEqualTo(file + "=" + content);
  }

  @ParameterizedTest
  @CsvSource({
    "io, io.max, 8:0 rbps=5, 8:0 rbps=max wbps=9 riops=max wiops=max",
    "io, io.weight, 8:0 50, 8:0 70",
    "io, io.weight, 50, default 100",
    "blkio, blkio.throttle.read_bps_device, 8:0 50, 8:0 70",
    "blkio, blkio.bfq.weight_device, 8:0 50, 8:0 70",
    "net_prio, net_prio.ifpriomap, lo 5, lo 0",
    "rdma, rdma.max, mlx hca_handle=5, mlx hca_handle=7 hca_object=max",
  })
  void of_several_lines_the_one_that_changes_is(
      String controller, String file, String value, String line) throws IOException {
    String content = "8:00 1\nlo0 1\nmlx4 hca_handle=1\n8:16 1\n" + line + "\n9:0 1\n";
    assertThat(former(controller, file, value, content)).isEqualTo(file + "=" + line);
  }

  @ParameterizedTest
  @CsvSource({
    "io, io.max, 8:0 rbps=5, 8:0 rbps=max wbps=max riops=max wiops=max",
    "io, io.latency, 8:0 target=5, 8:0 target=0",
    "io, io.bfq.weight, 8:0 50, 8:0 default",
    "blkio, blkio.throttle.write_iops_device, 8:0 50, 8:0 0",
    "blkio, blkio.weight_device, 8:0 50, 8:0 default",
    "rdma, rdma.max, mlx hca_handle=5, mlx hca_handle=max hca_object=max",
  })
  void what_had_no_line_gets_none(String controller, String file, String value, String line)
      throws IOException {
    assertThat(former(controller, file, value, "8:16 1\n")).isEqualTo(file + "=" + line);
  }

  @Test
  void a_weight_without_devices_is_one_value_in_version_1() throws IOException {
    assertThat(former("blkio", "blkio.bfq.weight", "50", "100\n"))
        .isEqualTo("blkio.bfq.weight=100");
  }

  @Test
  void nothing_at_all_is_written_as_an_empty_line() throws IOException {
    assertThat(former("cpuset", "cpuset.cpus", "0", "\n")).isEqualTo("cpuset.cpus=\n");
  }

  @Test
  void the_killer_is_a_number_among_others() throws IOException {
    assertThat(
            former(
                "memory",
                "memory.oom_control",
                "1",
                "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"))
        .isEqualTo("memory.oom_control=0");
  }

  @Test
  void what_becomes_idle_gets_its_weight_back_and_what_was_has_none() throws IOException {
    CgroupWrite idle = new CgroupWrite("cpu", "cpu.idle", "1");
    assertThat(
            FormerLimit.of(
                idle, new FilesInCgroup(Map.of("cpu.idle", "0\n", "cpu.weight", "79\n"))))
        .containsExactly(
            new CgroupWrite("cpu", "cpu.idle", "0"), new CgroupWrite("cpu", "cpu.weight", "79"));
    CgroupContents wasIdle = new FilesInCgroup(Map.of("cpu.idle", "1\n", "cpu.weight", "0\n"));
    assertThat(FormerLimit.of(idle, wasIdle))
        .containsExactly(new CgroupWrite("cpu", "cpu.idle", "1"));
    assertThat(FormerLimit.of(new CgroupWrite("cpu", "cpu.weight", "5"), wasIdle)).isEmpty();
  }

  @Test
  void what_is_not_there_is_not_put_back() throws IOException {
    assertThat(FormerLimit.of(new CgroupWrite("cpu", "cpu.max", "5"), new FilesInCgroup(Map.of())))
        .isEmpty();
  }
}
