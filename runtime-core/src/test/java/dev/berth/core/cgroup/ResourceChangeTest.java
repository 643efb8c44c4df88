package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.spec.SpecReader;
import dev.berth.spec.LinuxResources;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceChangeTest {
  private static LinuxResources json(String json) {
    return SpecReader.read(
            json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), LinuxResources.class)
        .orThrow(problems -> new AssertionError(problems));
  }

  private static final LinuxResources ALL =
      json(
          """
          {
            'devices': [{'allow': false}],
            'memory': {'limit': 64, 'reservation': 32, 'swap': 96, 'swappiness': 60,
              'disableOOMKiller': true, 'useHierarchy': true, 'checkBeforeUpdate': true},
            'cpu': {'shares': 512, 'quota': 5000, 'burst': 100, 'period': 10000,
              'realtimeRuntime': 10, 'realtimePeriod': 20, 'cpus': '0', 'mems': '0', 'idle': 0},
            'pids': {'limit': 10},
            'blockIO': {'weight': 100, 'leafWeight': 200,
              'weightDevice': [{'major': 8, 'minor': 0, 'weight': 50}],
              'throttleReadBpsDevice': [{'major': 8, 'minor': 0, 'rate': 1}],
              'throttleWriteBpsDevice': [{'major': 8, 'minor': 0, 'rate': 2}],
              'throttleReadIOPSDevice': [{'major': 8, 'minor': 0, 'rate': 3}],
              'throttleWriteIOPSDevice': [{'major': 8, 'minor': 0, 'rate': 4}]},
            'hugepageLimits': [{'pageSize': '2MB', 'limit': 1}],
            'network': {'classID': 7, 'priorities': [{'name': 'lo', 'priority': 1}]},
            'rdma': {'mlx': {'hcaHandles': 1}},
            'unified': {'memory.high': '50'}
          }
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}",
        "{'memory': {'limit': 0, 'reservation': 0, 'swap': 0, 'kernel': 0, 'kernelTCP': 0}}",
        "{'cpu': {'shares': 0, 'quota': 0, 'period': 0, 'realtimeRuntime': 0, 'realtimePeriod': 0}}",
        "{'cpu': {'cpus': '', 'mems': ''}, 'blockIO': {'weight': 0}, 'network': {'classID': 0}}",
      })
  void what_is_not_mentioned_stays(String json) {
    assertThat(new ResourceChange(ALL, json(json)).merged()).isEqualTo(ALL);
  }

  @Test
  void everything_can_be_mentioned() {
    assertThat(new ResourceChange(LinuxResources.NONE, ALL).merged()).isEqualTo(ALL);
    LinuxResources other =
        json(
            """
            {
              'devices': [{'allow': true}],
              'memory': {'limit': 65, 'reservation': 33, 'swap': 97, 'swappiness': 0,
                'disableOOMKiller': false, 'useHierarchy': false, 'checkBeforeUpdate': false},
              'cpu': {'shares': 513, 'quota': -1, 'burst': 0, 'period': 10001,
                'realtimeRuntime': 11, 'realtimePeriod': 21, 'cpus': '1', 'mems': '1', 'idle': 1},
              'pids': {'limit': 0},
              'blockIO': {'weight': 101, 'leafWeight': 201,
                'weightDevice': [{'major': 8, 'minor': 0, 'weight': 51}],
                'throttleReadBpsDevice': [{'major': 8, 'minor': 0, 'rate': 0}],
                'throttleWriteBpsDevice': [{'major': 8, 'minor': 0, 'rate': 3}],
                'throttleReadIOPSDevice': [{'major': 8, 'minor': 0, 'rate': 4}],
                'throttleWriteIOPSDevice': [{'major': 8, 'minor': 0, 'rate': 5}]},
              'hugepageLimits': [{'pageSize': '2MB', 'limit': 2}],
              'network': {'classID': 8, 'priorities': [{'name': 'lo', 'priority': 2}]},
              'rdma': {'mlx': {'hcaHandles': 2}},
              'unified': {'memory.high': '51'}
            }
            """);
    assertThat(new ResourceChange(ALL, other).merged()).isEqualTo(other);
  }

  @Test
  void what_is_about_something_else_comes_beside_it() {
    LinuxResources merged =
        new ResourceChange(
                ALL,
                json(
                    """
                    {
                      'blockIO': {
                        'throttleReadBpsDevice': [{'major': 8, 'minor': 16, 'rate': 9}]},
                      'hugepageLimits': [{'pageSize': '1GB', 'limit': 2}],
                      'unified': {'memory.low': '1'}
                    }
                    """))
            .merged();
    assertThat(merged.blockIO().throttleReadBpsDevice()).hasSize(2);
    assertThat(merged.hugepageLimits()).hasSize(2);
    assertThat(merged.unified()).hasSize(2);
    assertThat(merged.memory()).isEqualTo(ALL.memory());
  }

  @ParameterizedTest
  @CsvSource({
    "limit, 80, 80, 96",
    "limit, -1, -1, -1",
    "swap, 128, 64, 128",
    "swap, -1, 64, -1",
    "reservation, 8, 64, 96",
  })
  void the_limit_of_memory_and_swap_together_stays(
      String property, long value, long limit, long swap) {
    String change = "{'memory': {'%s': %s}}".formatted(property, value);
    ResourceChange changed = new ResourceChange(ALL, json(change));
    assertThat(changed.merged().memory().limit()).isEqualTo(limit);
    assertThat(changed.merged().memory().swap()).isEqualTo(swap);
  }

  @Test
  void swap_is_set_together_with_the_memory_where_it_is_limited() {
    LinuxResources more = json("{'memory': {'limit': 80}}");
    assertThat(new ResourceChange(ALL, more).effective().memory().swap()).isEqualTo(96);
    assertThat(new ResourceChange(LinuxResources.NONE, more).effective()).isEqualTo(more);
  }

  @Test
  void a_check_that_the_container_was_made_with_is_made_each_time() {
    LinuxResources less = json("{'memory': {'limit': 32}}");
    assertThat(new ResourceChange(ALL, less).effective().memory().checkBeforeUpdate()).isTrue();
  }
}
