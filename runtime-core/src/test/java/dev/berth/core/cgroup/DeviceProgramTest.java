package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.DeviceRule;
import dev.berth.spec.DeviceRule.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeviceProgramTest {

  private static final List<Type> KINDS = List.of(Type.C, Type.B);
  private static final List<String> ACCESSES = List.of("m", "r", "rm", "w", "wm", "rw", "rwm");

  /** Few enough for rules to meet; -1 is for any, where it is in a rule. */
  private static final List<Long> NUMBERS = List.of(-1L, 0L, 1L, 3L, 5L, 136L, 1_048_575L);

  @Test
  void asks_the_rules_from_the_last_to_the_first() {
    DeviceAllowList list =
        new DeviceAllowList(
            false,
            List.of(
                new DeviceRule(true, Type.B, 8L, null, null),
                new DeviceRule(false, Type.B, 8L, 1L, "w"),
                new DeviceRule(true, Type.C, -1L, -1L, "m")));

    assertThat(DeviceProgram.of(list))
        .hasToString(
            """
              0: type = *(u32 *)(context + 0)
              1: access = type
              2: type &= 0xffff
              3: access >>= 16
              4: major = *(u32 *)(context + 4)
              5: minor = *(u32 *)(context + 8)
              6: result = type
              7: result ^= 2
              8: if result != 0 goto 13
              9: access &= 0xfffffffe
             10: if access != 0 goto 13
             11: result = 1
             12: return result
             13: result = type
             14: result ^= 1
             15: if result != 0 goto 27
             16: result = major
             17: result ^= 8
             18: if result != 0 goto 27
             19: result = minor
             20: result ^= 1
             21: if result != 0 goto 27
             22: result = access
             23: result &= 0x4
             24: if result == 0 goto 27
             25: result = 0
             26: return result
             27: result = type
             28: result ^= 1
             29: if result != 0 goto 35
             30: result = major
             31: result ^= 8
             32: if result != 0 goto 35
             33: result = 1
             34: return result
             35: result = 0
             36: return result
            """);
  }

  @Test
  void is_encoded_as_the_kernel_takes_it() {
    assertThat(DeviceProgram.of(new DeviceAllowList(true, List.of())).bytes())
        .startsWith(0x61, 0x12, 0, 0, 0, 0, 0, 0)
        .endsWith(0xb4, 0, 0, 0, 1, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0)
        .hasSize(8 * 8);
  }

  @Test
  void lets_partial_accesses_add_up() {
    DeviceProgram program =
        program(
            new DeviceRule(true, Type.C, 1L, 11L, "r"),
            new DeviceRule(true, Type.C, 1L, null, "w"));

    assertThat(allows(program, Type.C, "rw", 1, 11)).isTrue();
    assertThat(allows(program, Type.C, "w", 1, 2)).isTrue();
    assertThat(allows(program, Type.C, "rw", 1, 2)).isFalse();
    assertThat(allows(program, Type.B, "r", 1, 11)).isFalse();
  }

  @Test
  void lets_no_rule_take_away_what_every_container_needs() {
    DeviceProgram program =
        program(
            new DeviceRule(true, null, null, null, null),
            new DeviceRule(false, Type.C, 1L, null, null));

    assertThat(allows(program, Type.C, "rw", 1, 3)).isTrue();
    assertThat(allows(program, Type.C, "r", 1, 1)).isFalse();
    assertThat(allows(program, Type.B, "rw", 259, 0)).isTrue();
  }

  @Test
  void decides_as_the_rules_do_one_after_the_other() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      List<DeviceRule> rules =
          IntStream.range(0, random.nextInt(12)).mapToObj(_ -> rule(random)).toList();
      DeviceProgram program = DeviceProgram.of(DeviceAllowList.of(rules));

      assertThat(decidedOtherwise(rules, program)).as("%s%n%s", rules, program).isEmpty();
    }
  }

  private static List<String> decidedOtherwise(List<DeviceRule> rules, DeviceProgram program) {
    List<String> wrong = new ArrayList<>();
    for (Type type : KINDS) {
      for (String access : ACCESSES) {
        for (long major : List.of(0L, 1L, 2L, 3L, 5L, 10L, 136L, 1_048_575L)) {
          for (long minor : List.of(0L, 1L, 3L, 5L, 7L, 136L, 200L, 1_048_575L)) {
            boolean expected = isAllowed(rules, type, access, major, minor);
            if (allows(program, type, access, major, minor) != expected) {
              wrong.add("%s %s:%s %s".formatted(type, major, minor, access));
            }
          }
        }
      }
    }
    return wrong;
  }

  private static DeviceRule rule(Random random) {
    List<Type> types = List.of(Type.C, Type.C, Type.C, Type.B, Type.B, Type.B, Type.A);
    return new DeviceRule(
        random.nextBoolean(),
        one(types, random),
        one(NUMBERS, random),
        one(NUMBERS, random),
        one(ACCESSES, random));
  }

  private static <T> T one(List<T> values, Random random) {
    return values.get(random.nextInt(values.size()));
  }

  /** The rules as they are meant: each says something of what it matches, in its turn. */
  private static boolean isAllowed(
      List<DeviceRule> rules, Type type, String access, long major, long minor) {
    return access
        .chars()
        .allMatch(letter -> {
          boolean allowed = false;
          for (DeviceRule rule : rules) {
            if (rule.type() == Type.A
                || rule.access().indexOf(letter) >= 0 && matches(rule, type, major, minor)) {
              allowed = rule.allow();
            }
          }
          return allowed || isNeededByAll(type, letter, major, minor);
        });
  }

  private static boolean matches(DeviceRule rule, Type type, long major, long minor) {
    return rule.type() == type
        && (rule.major() == -1 || rule.major() == major)
        && (rule.minor() == -1 || rule.minor() == minor);
  }

  private static boolean isNeededByAll(Type type, int letter, long major, long minor) {
    String device = "%s %s:%s".formatted(type, major, minor);
    return letter == 'm' || device.matches("c (1:[35789]|5:[012]|10:200|136:\\d+)");
  }

  private static DeviceProgram program(DeviceRule... rules) {
    return DeviceProgram.of(DeviceAllowList.of(List.of(rules)));
  }

  private static boolean allows(
      DeviceProgram program, Type type, String access, long major, long minor) {
    int bits = 0;
    bits |= access.contains("m") ? 1 : 0;
    bits |= access.contains("r") ? 2 : 0;
    bits |= access.contains("w") ? 4 : 0;
    int accessType = bits << 16 | (type == Type.C ? 2 : 1);
    return BpfInterpreter.run(program.bytes(), accessType, (int) major, (int) minor) == 1;
  }
}
