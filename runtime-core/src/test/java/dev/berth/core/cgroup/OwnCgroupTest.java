package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnCgroupTest {
  private static final MountedHierarchy UNIFIED =
      new MountedHierarchy("", List.of(), "/sys/fs/cgroup");

  @Test
  void is_seen_from_the_root_of_what_is_mounted() {
    assertThat(own("/", "0::/user.slice/x.scope\n")).contains("/user.slice/x.scope");
    assertThat(own("/", "0::/\n")).contains("");
    assertThat(own("/docker/1", "0::/docker/1/jvm\n")).contains("/jvm");
    assertThat(own("/docker/1", "4:memory:/x\n0::/docker/1\n")).contains("");
  }

  @Test
  void is_nowhere_if_it_is_outside_of_that() {
    assertThat(own("/docker/1", "0::/docker/11\n")).isEmpty();
    assertThat(own("/docker/1", "0::/\n")).isEmpty();
    assertThat(own("/", "4:memory:/x\n")).isEmpty();
  }

  @Test
  void is_nowhere_if_it_is_outside_of_the_namespace() {
    assertThat(own("/", "0::/../other\n")).isEmpty();
    assertThat(own("/", "0::/..\n")).isEmpty();
    assertThat(own("/..", "0::/../other\n")).contains("/other");
    assertThat(own("/", "0::/..a\n")).contains("/..a");
  }

  @Test
  void is_nowhere_if_the_tree_is_not_mounted_there() {
    String mountinfo = "31 1 0:28 / /sys/fs/cgroup rw - cgroup cgroup rw,memory\n";
    assertThat(OwnCgroup.parse(mountinfo, "0::/a\n", UNIFIED)).isEmpty();
  }

  private static Optional<String> own(String root, String cgroup) {
    String mountinfo = "31 1 0:28 %s /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n".formatted(root);
    return OwnCgroup.parse(mountinfo, cgroup, UNIFIED);
  }
}
