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

  @Test
  void finds_the_path_in_cgroup_v2() {
    assertThat(CgroupText.unified("4:memory:/a\n1:name=systemd:/b\n0::/c/d:e\n"))
        .contains("/c/d:e");
    assertThat(CgroupText.unified("4:memory:/a\n")).isEmpty();
  }

  @Test
  void counts_an_event() {
    assertThat(CgroupText.count("low 1\noom 3\noom_kill 2\noom_group_kill 7\n", "oom_kill"))
        .isEqualTo(2);
    assertThat(CgroupText.count("oom_kill_disable 1\nunder_oom 0\n", "oom_kill")).isZero();
  }
}
