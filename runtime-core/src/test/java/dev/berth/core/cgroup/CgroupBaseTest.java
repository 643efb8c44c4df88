package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupBaseTest {
  private static final CgroupBase SLICE = new CgroupBase("/user.slice/app.slice");

  @Test
  void is_the_root_for_whoever_may_use_it_wherever_he_is() {
    assertThat(base("/a/b", "", "/a", "/a/b")).contains(CgroupBase.ROOT);
    assertThat(base("", "")).contains(CgroupBase.ROOT);
    assertThat(base(null, "")).contains(CgroupBase.ROOT);
  }

  @Test
  void is_what_the_own_cgroup_lies_in() {
    assertThat(base("/user.slice/app.slice/x.scope", "/user.slice/app.slice/x.scope", SLICE.path()))
        .contains(SLICE);
  }

  @Test
  void is_the_own_cgroup_where_nothing_above_is_delegated() {
    assertThat(base("/system.slice/x.scope", "/system.slice/x.scope"))
        .contains(new CgroupBase("/system.slice/x.scope"));
  }

  @Test
  void is_nowhere_without_anything_delegated() {
    assertThat(base("/user.slice/session.scope")).isEmpty();
    assertThat(base(null, "/somewhere")).isEmpty();
    assertThat(base("")).isEmpty();
  }

  @Test
  void is_beside_a_jvm_that_has_adopted_its_cgroup_also_for_root() {
    assertThat(base("/system.slice/x.service/berth-jvm", "", "/system.slice"))
        .contains(new CgroupBase("/system.slice/x.service"));
    assertThat(base("/berth-jvm", "")).contains(CgroupBase.ROOT);
  }

  @ParameterizedTest
  @CsvSource({
    ", /user.slice/app.slice/web",
    "pod/web, /user.slice/app.slice/pod/web",
    "./web/, /user.slice/app.slice/web",
    "/pod/web, /pod/web",
    "//web, /web"
  })
  void places_what_does_not_begin_at_the_root(@Nullable String cgroupsPath, String expected) {
    assertThat(SLICE.place(cgroupsPath, "web")).hasToString(expected);
  }

  @Test
  void is_not_the_cgroup_of_a_container_itself() {
    assertThatThrownBy(() -> SLICE.place(".", "web"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cgroup \".\": a container cannot have the root; name a cgroup below it");
    assertThatThrownBy(() -> SLICE.place("../web", "web"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cgroup \"../web\": '..' is not allowed; name the cgroup from the root");
  }

  private static Optional<CgroupBase> base(@Nullable String own, String... usable) {
    return CgroupBase.of(Optional.ofNullable(own), Set.of(usable)::contains);
  }
}
