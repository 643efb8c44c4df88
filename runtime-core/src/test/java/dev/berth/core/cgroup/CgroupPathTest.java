package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupPathTest {

  @ParameterizedTest
  @CsvSource({
    ", /web",
    "/docker/1, /docker/1",
    "docker/1, /docker/1",
    "//a/./b/, /a/b",
    "/a..b, /a..b"
  })
  void is_the_same_from_wherever_it_is_asked(@Nullable String cgroupsPath, String expected) {
    assertThat(CgroupPath.of(cgroupsPath, "web")).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({"..", "/a/../../b", "a/.."})
  void refuses_to_go_up(String cgroupsPath) {
    assertThatThrownBy(() -> CgroupPath.of(cgroupsPath, "web"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cgroup \"%s\": '..' is not allowed; name the cgroup from the root", cgroupsPath);
  }

  @Test
  void refuses_control_characters() {
    assertThatThrownBy(() -> CgroupPath.of("/a\n0::/b\u001b", "web"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cgroup \"/a\\n0::/b\\u001b\": control characters are not allowed");
  }

  @Test
  void refuses_the_root() {
    assertThatThrownBy(() -> CgroupPath.of("/./", "web"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cgroup \"/./\": a container cannot have the root; name a cgroup below it");
  }

  @Test
  void knows_what_it_is_in() {
    assertThat(new CgroupPath("/a/b/c").parents())
        .containsExactly(new CgroupPath("/a"), new CgroupPath("/a/b"));
  }
}
