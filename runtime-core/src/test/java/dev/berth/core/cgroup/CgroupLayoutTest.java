package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupLayoutTest {

  private static final String ROOT =
      "23 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n"
          + "24 23 0:22 / /sys rw,nosuid shared:2 - sysfs sysfs rw\n";

  private static final String UNIFIED =
      "31 24 0:28 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

  private static final String HYBRID =
      "31 24 0:28 / /sys/fs/cgroup ro,nosuid shared:4 - tmpfs tmpfs ro,mode=755\n"
          + "32 31 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
          + "33 31 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
          + "34 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
          + "35 31 0:32 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n";

  private static final String HYBRID_SELF =
      "9:memory:/user.slice\n3:cpu,cpuacct:/\n2:pids:/\n1:name=systemd:/init.scope\n0::/init\n";

  @Test
  void finds_the_tree_of_v2() {
    CgroupLayout layout = CgroupLayout.parse(ROOT + UNIFIED, "0::/user.slice\n");

    assertThat(layout.isV1()).isFalse();
    assertThat(layout.hierarchies())
        .containsExactly(new MountedHierarchy("", List.of(), "/sys/fs/cgroup"));
  }

  @Test
  void finds_the_hierarchies_of_a_hybrid_host() {
    CgroupLayout layout = CgroupLayout.parse(ROOT + HYBRID, HYBRID_SELF);

    assertThat(layout.isV1()).isTrue();
    assertThat(layout.hierarchies())
        .containsExactly(
            new MountedHierarchy("memory", List.of("memory"), "/sys/fs/cgroup/memory"),
            new MountedHierarchy(
                "cpu,cpuacct", List.of("cpu", "cpuacct"), "/sys/fs/cgroup/cpu,cpuacct"),
            new MountedHierarchy("systemd", List.of("name=systemd"), "/sys/fs/cgroup/systemd"),
            new MountedHierarchy("unified", List.of(), "/sys/fs/cgroup/unified"));
  }

  @Test
  void takes_a_v2_host_with_a_named_hierarchy_for_v2() {
    String systemd = "39 24 0:30 / /run/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n";

    CgroupLayout layout = CgroupLayout.parse(ROOT + UNIFIED + systemd, "1:name=systemd:/\n0::/\n");

    assertThat(layout.isV1()).isFalse();
    assertThat(layout.hierarchies()).hasSize(2);
  }

  @Test
  void overlooks_hierarchies_that_another_mount_covers() {
    String cover = "90 31 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";

    CgroupLayout layout = CgroupLayout.parse(ROOT + HYBRID + cover, HYBRID_SELF);

    assertThat(layout.hierarchies())
        .containsExactly(new MountedHierarchy("", List.of(), "/sys/fs/cgroup"));
  }

  @Test
  void prefers_the_usual_place_to_a_hierarchy_bound_into_a_root_file_system() {
    String bound = "25 23 0:32 /docker/1 /srv/a\\040b/memory rw - cgroup cgroup rw,memory\n";

    CgroupLayout both = CgroupLayout.parse(ROOT + bound + HYBRID, HYBRID_SELF);
    CgroupLayout alone = CgroupLayout.parse(ROOT + bound, HYBRID_SELF);

    assertThat(both.hierarchies().getFirst().mountPoint()).isEqualTo("/sys/fs/cgroup/memory");
    assertThat(alone.hierarchies().getFirst().mountPoint()).isEqualTo("/srv/a b/memory");
  }

  @Test
  void finds_nothing_where_nothing_is_mounted() {
    assertThat(CgroupLayout.parse(ROOT, HYBRID_SELF).hierarchies()).isEmpty();
  }
}
