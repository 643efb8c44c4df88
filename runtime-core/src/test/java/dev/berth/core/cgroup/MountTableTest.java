package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MountTableTest {

  @Test
  void sees_what_is_not_covered() {
    MountTable table =
        MountTable.parse(
            """
            20 1 8:1 / / rw - ext4 /dev/vda rw
            21 20 0:20 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            22 20 0:21 / /mnt/a rw - tmpfs tmpfs rw
            23 22 0:22 /in /mnt/a/b rw - cgroup2 cgroup2 rw
            24 20 0:23 / /mnt rw - tmpfs tmpfs rw
            """);
    assertThat(table.visible("cgroup2", List.of())).containsExactly("/sys/fs/cgroup");
    assertThat(table.points(Set.of("cgroup2"))).containsExactly("/sys/fs/cgroup", "/mnt/a/b");
  }

  /** Of the initial ramfs, whose parent is itself. */
  @Test
  void ends_at_a_root_that_is_its_own_parent() {
    MountTable table =
        MountTable.parse(
            """
            1 1 0:2 / / rw - rootfs rootfs rw
            20 1 0:20 / /proc rw - proc proc rw
            21 1 0:21 / /sys rw - sysfs sysfs rw
            22 21 0:22 /own /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            """);
    assertThat(table.visible("cgroup2", List.of())).containsExactly("/sys/fs/cgroup");
    assertThat(table.root("cgroup2", "/sys/fs/cgroup")).hasValue("/own");
    assertThat(table.visible("rootfs", List.of())).containsExactly("/");
  }

  @Test
  void sees_nothing_by_a_way_that_goes_round_in_a_circle() {
    MountTable table =
        MountTable.parse(
            """
            1 3 0:2 / /a rw - tmpfs tmpfs rw
            2 1 0:3 / /a/b rw - tmpfs tmpfs rw
            3 2 0:4 / /a/b/c rw - cgroup2 cgroup2 rw
            4 3 0:5 / /a/b/c/d rw - cgroup2 cgroup2 rw
            """);
    assertThat(table.visible("cgroup2", List.of())).isEmpty();
  }

  /** A host with many containers in its own mount namespace. */
  @Test
  void does_not_look_at_all_mounts_for_each() {
    String mounts =
        IntStream.range(2, 60_000)
            .mapToObj(i -> "%1$d 1 0:%1$d / /run/%1$d rw - cgroup cgroup rw,cpu\n".formatted(i))
            .collect(Collectors.joining("", "1 1 0:2 / / rw - rootfs rootfs rw\n", ""));
    assertThat(MountTable.parse(mounts).visible("cgroup", List.of("cpu"))).hasSize(59_998);
  }
}
