package dev.berth.core.systemd;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.cgroup.CgroupWrite;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitPropertiesTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          memory.max             | 67108864      | MemoryMax=67108864
          memory.max             | max           | MemoryMax=18446744073709551615
          memory.high            | 50            | MemoryHigh=50
          memory.low             | 50            | MemoryLow=50
          memory.min             | 50            | MemoryMin=50
          memory.swap.max        | 0             | MemorySwapMax=0
          memory.limit_in_bytes  | -1            | MemoryLimit=18446744073709551615
          pids.max               | 77            | TasksMax=77
          pids.max               | max           | TasksMax=18446744073709551615
          cpu.weight             | 59            | CPUWeight=59
          cpu.shares             | 512           | CPUShares=512
          cpu.idle               | 1             | CPUWeight=0
          cpu.idle               | 0             |
          cpu.max                | 25000 50000   | CPUQuotaPerSecUSec=500000 CPUQuotaPeriodUSec=50000
          cpu.max                | 12345 50000   | CPUQuotaPerSecUSec=250000 CPUQuotaPeriodUSec=50000
          cpu.max                | 1000 100000   | CPUQuotaPerSecUSec=10000 CPUQuotaPeriodUSec=100000
          cpu.max                | 1001 100000   | CPUQuotaPerSecUSec=20000 CPUQuotaPeriodUSec=100000
          cpu.max                | max 100000    | CPUQuotaPerSecUSec=18446744073709551615 CPUQuotaPeriodUSec=100000
          cpu.max                | 25000         |
          cpu.cfs_quota_us       | 25000         | CPUQuotaPerSecUSec=250000 CPUQuotaPeriodUSec=100000
          cpu.cfs_quota_us       | -1            | CPUQuotaPerSecUSec=18446744073709551615 CPUQuotaPeriodUSec=100000
          cpu.cfs_period_us      | 50000         |
          io.weight              | default 300   | IOWeight=300
          io.weight              | 300           | IOWeight=300
          io.weight              | 8:0 300       |
          blkio.weight           | 300           | BlockIOWeight=300
          cpuset.cpus            | 0             | AllowedCPUs=[1]
          cpuset.cpus            | 0-2,8         | AllowedCPUs=[7, 1]
          cpuset.mems            | 1             | AllowedMemoryNodes=[2]
          cpuset.cpus            | x             |
          hugetlb.2MB.max        | 4194304       |
          memory.oom.group       | 1             |
          """,
      delimiter = '|')
  void says_what_is_written_to_a_file(String file, String value, String properties) {
    CgroupWrite write = new CgroupWrite(file.substring(0, file.indexOf('.')), file, value);
    assertThat(LimitProperties.of(List.of(write)).stream().map(LimitPropertiesTest::text))
        .containsExactly(properties == null ? new String[0] : properties.split(" (?=[A-Z])"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cpuset.cpus|5-3",
        "cpuset.cpus|0-99999999999",
        "cpuset.cpus|\u0663",
        "cpuset.mems|0-10:1/2",
        "memory.max|99999999999999999999",
        "memory.max|1k",
        "pids.max|-5",
        "cpu.max|1000",
        "cpu.max|1000 0",
        "cpu.max|1000 99999999999999999999"
      })
  void leaves_to_the_kernel_what_it_will_refuse(String file, String value) {
    String controller = file.substring(0, file.indexOf('.'));
    assertThat(LimitProperties.of(List.of(new CgroupWrite(controller, file, value)))).isEmpty();
  }

  @Test
  void puts_together_what_cgroup_v1_has_in_two_files() {
    List<CgroupWrite> writes =
        List.of(
            new CgroupWrite("cpu", "cpu.cfs_period_us", "50000"),
            new CgroupWrite("cpu", "cpu.cfs_quota_us", "12345"));
    assertThat(LimitProperties.of(writes).stream().map(LimitPropertiesTest::text))
        .containsExactly("CPUQuotaPerSecUSec=250000", "CPUQuotaPeriodUSec=50000");
  }

  static String text(UnitProperty property) {
    return property.name() + "=" + text(property.value());
  }

  private static String text(BusValue value) {
    return switch (value) {
      case BusValue.Text(String text) -> text;
      case BusValue.Flag(boolean flag) -> Boolean.toString(flag);
      case BusValue.Whole(char type, long number) ->
          type == 't' ? Long.toUnsignedString(number) : Long.toString(number);
      case BusValue.Array(String _, List<BusValue> values) ->
          values.stream().map(LimitPropertiesTest::text).collect(joining(", ", "[", "]"));
      case BusValue.Struct(List<BusValue> members) ->
          members.stream().map(LimitPropertiesTest::text).collect(joining(" "));
      case BusValue.Variant(BusValue inner) -> text(inner);
    };
  }
}
