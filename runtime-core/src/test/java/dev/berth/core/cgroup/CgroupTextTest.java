package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CgroupTextTest {

  @Test
  void sorts_processes_and_counts_each_once() {
    assertThat(CgroupText.pids("40\n7\n40\n0\n")).containsExactly(0, 7, 40);
    assertThat(CgroupText.pids("")).isEmpty();
  }

  @Test
  void reads_events() {
    assertThat(CgroupText.holds("populated 1\nfrozen 0\n", "populated")).isTrue();
    assertThat(CgroupText.holds("populated 1\nfrozen 0\n", "frozen")).isFalse();
  }

  @Test
  void reads_controllers() {
    assertThat(CgroupText.controllers("cpuset cpu io\n")).containsExactly("cpuset", "cpu", "io");
    assertThat(CgroupText.controllers("\n")).isEmpty();
  }
}
