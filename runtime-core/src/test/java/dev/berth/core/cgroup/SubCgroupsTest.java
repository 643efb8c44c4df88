package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubCgroupsTest {
  private static final MountedHierarchy UNIFIED =
      new MountedHierarchy("unified", List.of(), "/sys/fs/cgroup/unified");
  private static final MountedHierarchy CPU =
      new MountedHierarchy("cpu,cpuacct", List.of("cpu", "cpuacct"), "/sys/fs/cgroup/cpu");
  private static final MountedHierarchy MEMORY =
      new MountedHierarchy("memory", List.of("memory"), "/sys/fs/cgroup/memory");

  @ParameterizedTest
  @CsvSource({
    "a, a",
    "/a, a",
    "a/b/, a/b",
    "//a/./b, a/b",
    "/, ''",
    "., ''",
    "'', ''",
    "a..b, a..b"
  })
  void a_path_begins_at_the_containers_cgroup(String path, String expected) {
    SubCgroups sub = SubCgroups.NONE.with(path);
    assertThat(List.of(sub.in(UNIFIED), sub.in(CPU), sub.in(MEMORY))).containsOnly(expected);
    assertThat(sub.isEmpty()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "/..", "a/..", "a/../../b", "../a"})
  void refuses_to_go_up(String path) {
    assertThatThrownBy(() -> SubCgroups.NONE.with(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cgroup \"%s\": '..' is not allowed; name a cgroup inside the container's", path);
    assertThatThrownBy(() -> SubCgroups.NONE.with("cpu", path))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_controller_has_its_own_path_and_the_others_the_containers() {
    SubCgroups sub = SubCgroups.NONE.with("cpu", "a").with("memory", "b");
    assertThat(sub.in(CPU)).isEqualTo("a");
    assertThat(sub.in(MEMORY)).isEqualTo("b");
    assertThat(sub.in(UNIFIED)).isEmpty();
  }

  @Test
  void refuses_two_paths_in_one_hierarchy() {
    SubCgroups sub = SubCgroups.NONE.with("cpu", "a").with("cpuacct", "b");
    assertThatThrownBy(() -> sub.in(CPU))
        .hasMessage(
            "cgroups [a, b]: one hierarchy has all of [cpu, cpuacct]; give them the same path");
    assertThat(SubCgroups.NONE.with("cpu", "a").with("cpuacct", "a").in(CPU)).isEqualTo("a");
  }

  @Test
  void refuses_a_second_path() {
    String mixed =
        "cgroup \"b\": there is already one for all controllers, or for one of them; give one path,"
            + " or one for each controller";
    assertThatThrownBy(() -> SubCgroups.NONE.with("a").with("b")).hasMessage(mixed);
    assertThatThrownBy(() -> SubCgroups.NONE.with("a").with("cpu", "b")).hasMessage(mixed);
    assertThatThrownBy(() -> SubCgroups.NONE.with("cpu", "a").with("b")).hasMessage(mixed);
    assertThatThrownBy(() -> SubCgroups.NONE.with("cpu", "a").with("cpu", "b"))
        .hasMessage("cgroup \"b\": controller cpu has one already");
    assertThatThrownBy(() -> SubCgroups.NONE.with("", "a"))
        .hasMessage("cgroup \"a\": no controller before it; name one, such as cpu");
  }

  @Test
  void requires_the_controllers() {
    CgroupLayout layout = new CgroupLayout(List.of(CPU, UNIFIED));
    SubCgroups.NONE.with("a").requireMounted(layout);
    SubCgroups.NONE.with("cpu", "a").requireMounted(layout);
    assertThatThrownBy(() -> SubCgroups.NONE.with("memory", "a").requireMounted(layout))
        .hasMessage(
            "cgroup controller \"memory\": not mounted as cgroup v1; with cgroup v2 give the path"
                + " alone");
  }
}
