package dev.berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Pids;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NoCgroupsTest {

  private Cgroups cgroups;

  @BeforeEach
  void open() throws CgroupException {
    cgroups = Cgroups.open(new CgroupLayout(List.of()));
  }

  @Test
  void does_without_where_nothing_is_asked_for() throws CgroupException {
    assertThat(cgroups.foresee(request(null, LinuxResources.NONE)).make()).isEmpty();
  }

  @Test
  void refuses_a_place() {
    assertThatThrownBy(() -> cgroups.foresee(request("/a/web", LinuxResources.NONE)).make())
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(
            "cgroup \"/a/web\": no cgroup file system is mounted; mount one on /sys/fs/cgroup");
  }

  @Test
  void refuses_a_limit() {
    LinuxResources resources = LinuxResources.NONE.withPids(new Pids(5L));
    assertThatThrownBy(() -> cgroups.foresee(request(null, resources)).make())
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage("pids limit: no cgroup file system is mounted; mount one on /sys/fs/cgroup");
  }

  private static CgroupRequest request(String cgroupsPath, LinuxResources resources) {
    return new CgroupRequest("web", cgroupsPath, resources, OptionalLong.empty(), Map.of());
  }
}
