package dev.berth.core.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.core.systemd.SystemdUnit.Manager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitPlaceTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          system.slice:runc:web         | system.slice  | runc-web.scope       | /system.slice/runc-web.scope
          :berth:web                    | system.slice  | berth-web.scope      | /system.slice/berth-web.scope
          machine.slice:libpod:4f       | machine.slice | libpod-4f.scope      | /machine.slice/libpod-4f.scope
          a.slice::web                  | a.slice       | -web.scope           | /a.slice/-web.scope
          -.slice:berth:web             | -.slice       | berth-web.scope      | /berth-web.scope
          a-b-c.slice:berth:web         | a-b-c.slice   | berth-web.scope      | /a.slice/a-b.slice/a-b-c.slice/berth-web.scope
          a.slice:berth:a-pod.slice     | a.slice       | a-pod.slice          | /a.slice/a-pod.slice
          a.slice:memory.x:web          | a.slice       | memory.x-web.scope   | /a.slice/_memory.x-web.scope
          a.slice:_x:web                | a.slice       | _x-web.scope         | /a.slice/__x-web.scope
          cpu.slice:x:web               | cpu.slice     | x-web.scope          | /_cpu.slice/x-web.scope
          _a-cpu.slice:x:web            | _a-cpu.slice  | x-web.scope          | /__a.slice/__a-cpu.slice/x-web.scope
          a.slice:x:_b.slice            | a.slice       | _b.slice             | /__b.slice
          a.slice:cri-containerd:0f.1   | a.slice       | cri-containerd-0f.1.scope | /a.slice/cri-containerd-0f.1.scope
          """,
      delimiter = '|')
  void is_a_unit_in_a_slice_and_a_cgroup(
      String cgroupsPath, String slice, String unit, String cgroup) {
    UnitPlace place = UnitPlace.of(cgroupsPath, "id", Manager.SYSTEM);
    assertThat(place).isEqualTo(new UnitPlace(slice, new SystemdUnit(unit, Manager.SYSTEM)));
    assertThat(place.cgroup()).isEqualTo(cgroup);
    assertThat(UnitPlace.isMeantBy(cgroupsPath)).isTrue();
  }

  @Test
  void is_by_default_that_of_the_container_among_those_of_the_system_or_the_user() {
    assertThat(UnitPlace.of(null, "web", Manager.SYSTEM).cgroup())
        .isEqualTo("/system.slice/berth-web.scope");
    assertThat(UnitPlace.of(null, "web", Manager.USER).cgroup())
        .isEqualTo("/user.slice/berth-web.scope");
    assertThat(UnitPlace.of(":x:web", "web", Manager.USER).slice()).isEqualTo("user.slice");
  }

  @Test
  void escapes_what_an_id_may_have_and_a_unit_may_not() {
    assertThat(UnitPlace.of(null, "c++", Manager.SYSTEM).unit().name())
        .isEqualTo("berth-c\\x2b\\x2b.scope");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/web",
        "web",
        "a:b",
        "a.slice:b:c:d",
        "a.slice:b:",
        "/a.slice:b:c",
        "a.slice:b/c:d"
      })
  void refuses_another_form(String cgroupsPath) {
    assertThatThrownBy(() -> UnitPlace.of(cgroupsPath, "web", Manager.SYSTEM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "linux.cgroupsPath: \"%s\" is not slice:prefix:name, as in \"system.slice:berth:web\", which"
                + " it has to be where systemd makes the cgroup",
            cgroupsPath);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", ".slice", "-a.slice", "a-.slice", "a--b.slice", "a.scope"})
  void refuses_what_is_no_slice(String slice) {
    String cgroupsPath = slice + ":berth:web";
    assertThatThrownBy(() -> UnitPlace.of(cgroupsPath, "web", Manager.SYSTEM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "linux.cgroupsPath: \"%s\": \"%s\" is not the name of a slice, as \"a-b.slice\" is, which lies"
                + " in \"a.slice\"",
            cgroupsPath, slice);
  }

  @Test
  void refuses_a_name_that_no_unit_can_have() {
    for (String name : new String[] {"a b", "a@b", "a+b", "ä"}) {
      assertThatThrownBy(() -> UnitPlace.of("a.slice:berth:" + name, "web", Manager.SYSTEM))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "linux.cgroupsPath: \"a.slice:berth:%s\": \"berth-%s.scope\" cannot be the name of a unit: that"
                  + " has at most 255 letters, digits, \":\", \"-\", \"_\", \".\" and \"\\\"",
              name, name);
    }
    String place = "a.slice:berth:" + "x".repeat(250);
    assertThatThrownBy(() -> UnitPlace.of(place, "web", Manager.SYSTEM))
        .hasMessageContaining("characters …]")
        .hasMessageContaining("cannot be the name of a unit: that has at most 255 letters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a.slice:b:c", "a/b", "a:b:c", "web", "a.slice:b"})
  void is_not_what_can_be_meant_as_a_path(String cgroupsPath) {
    assertThat(UnitPlace.isMeantBy(cgroupsPath)).isFalse();
  }
}
