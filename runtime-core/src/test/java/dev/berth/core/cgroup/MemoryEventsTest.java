package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryEventsTest {

  @Test
  void reads_what_version_2_counts() {
    String text = "low 0\nhigh 7\nmax 1523\noom 4\noom_kill 3\noom_group_kill 1\n";
    assertThat(MemoryEvents.parse(text)).isEqualTo(new MemoryEvents(4, 3, 1));
  }

  @Test
  void reads_what_version_1_counts() {
    assertThat(MemoryEvents.parse("oom_kill_disable 0\nunder_oom 1\noom_kill 2\n"))
        .isEqualTo(new MemoryEvents(0, 2, 0));
  }

  @Test
  void linux_before_5_17_counts_no_groups() {
    assertThat(MemoryEvents.parse("low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\n"))
        .isEqualTo(new MemoryEvents(1, 1, 0));
  }

  @Test
  void adds_cgroups_and_subtracts_what_was_before() {
    MemoryEvents both = new MemoryEvents(1, 2, 3).plus(new MemoryEvents(10, 20, 30));
    assertThat(both).isEqualTo(new MemoryEvents(11, 22, 33));
    assertThat(both.since(new MemoryEvents(1, 2, 3))).isEqualTo(new MemoryEvents(10, 20, 30));
  }
}
