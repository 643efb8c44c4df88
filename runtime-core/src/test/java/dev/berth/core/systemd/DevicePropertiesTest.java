package dev.berth.core.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.DeviceRule.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

class DevicePropertiesTest {
  private static final String PROC_DEVICES =
      """
      Character devices:
        1 mem
        4 /dev/vc/0
        4 tty
        5 /dev/tty
       10 misc
      136 pts

      Block devices:
        8 sd
      259 blkext
      """;

  private static final String NEEDED =
      "char-* m, block-* m, /dev/char/1:3 rwm, /dev/char/1:5 rwm, /dev/char/1:7 rwm, /dev/char/1:8"
          + " rwm, /dev/char/1:9 rwm, /dev/char/5:0 rwm, /dev/char/5:1 rwm, /dev/char/5:2 rwm,"
          + " char-pts rwm, /dev/char/10:200 rwm";

  @Test
  void allows_what_every_container_needs_and_nothing_else() {
    assertThat(of())
        .containsExactly("DevicePolicy=strict", "DeviceAllow=[]", "DeviceAllow=[" + NEEDED + "]");
  }

  @Test
  void names_a_device_by_its_numbers_and_all_of_a_major_number_by_the_group() {
    assertThat(
            of(
                allow(Type.B, 8L, 0L, "r"),
                allow(Type.C, 10L, null, null),
                allow(Type.C, 10L, -1L, "w")))
        .contains("DeviceAllow=[/dev/block/8:0 r, char-misc rwm, char-misc w, " + NEEDED + "]");
  }

  @Test
  void leaves_to_the_runtime_what_systemd_cannot_be_told() {
    List<String> everything = List.of("DevicePolicy=auto", "DeviceAllow=[]");
    assertThat(of(new DeviceRule(true, Type.A, null, null, "rwm"))).isEqualTo(everything);
    assertThat(of(allow(Type.C, 99L, null, "r"))).isEqualTo(everything);
    assertThat(of(allow(Type.C, null, 3L, "r"))).isEqualTo(everything);
    assertThat(of(new DeviceRule(false, Type.C, 1L, 3L, "w"))).isEqualTo(everything);
  }

  private static List<String> of(DeviceRule... rules) {
    return DeviceProperties.of(DeviceAllowList.of(List.of(rules)), PROC_DEVICES).stream()
        .map(LimitPropertiesTest::text)
        .toList();
  }

  private static DeviceRule allow(Type type, Long major, Long minor, String access) {
    return new DeviceRule(true, type, major, minor, access);
  }
}
