package dev.berth.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordsTest {
  @Test
  void a_map_with_null_in_it_is_refused_by_name() {
    Map<String, String> annotations = new HashMap<>();
    annotations.put("a\n", null);
    assertThatNullPointerException()
        .isThrownBy(() -> new Spec("1.3.0", null, null, null, null, null, null, annotations, null))
        .withMessage("null as the value of \"a\\n\"");
    annotations.clear();
    annotations.put(null, "a");
    assertThatNullPointerException()
        .isThrownBy(() -> new Spec("1.3.0", null, null, null, null, null, null, annotations, null))
        .withMessage("null as a key");
  }

  static Stream<Method> withers() {
    return Stream.of(Spec.class, ProcessSpec.class, LinuxSpec.class, LinuxResources.class)
        .flatMap(type -> Arrays.stream(type.getMethods()))
        .filter(method -> method.getName().startsWith("with"));
  }

  /** Between one record in which each component has a value of its own, and another. */
  @ParameterizedTest
  @MethodSource("withers")
  void a_wither_changes_what_it_is_called_after_and_nothing_else(Method wither) throws Exception {
    Class<?> type = wither.getDeclaringClass();
    Object one = filled(type, "one");
    Object other = filled(type, "other");
    List<String> changed =
        wither.getName().equals("withMappings")
            ? List.of("uidMappings", "gidMappings")
            : List.of(
                wither.getName().substring(4, 5).toLowerCase(Locale.ROOT)
                    + wither.getName().substring(5));
    List<Object> arguments = new ArrayList<>();
    for (String name : changed) {
      arguments.add(type.getMethod(name).invoke(other));
    }

    Object result = wither.invoke(one, arguments.toArray());

    for (RecordComponent component : type.getRecordComponents()) {
      Object source = changed.contains(component.getName()) ? other : one;
      assertThat(component.getAccessor().invoke(result))
          .as(component.getName())
          .isEqualTo(component.getAccessor().invoke(source));
    }
  }

  @Test
  void lists_and_maps_are_copies_in_their_order() {
    List<String> options = new ArrayList<>(List.of("ro"));
    Mount mount = new Mount("/a", "tmpfs", "tmpfs", options);
    options.add("rw");
    assertThat(mount.options()).containsExactly("ro").isUnmodifiable();

    Map<String, String> sysctl = new LinkedHashMap<>();
    Stream.of("z", "a", "m", "b").forEach(name -> sysctl.put(name, "1"));
    LinuxSpec linux = LinuxSpec.NONE.withSysctl(sysctl);
    sysctl.clear();
    assertThat(linux.sysctl().keySet()).containsExactly("z", "a", "m", "b").isUnmodifiable();
  }

  @Test
  void an_empty_string_is_an_absent_one() {
    assertThat(new Namespace(Namespace.Type.PID, "").path()).isNull();
    assertThat(new Mount("/a", "", "", List.of()).type()).isNull();
  }

  @Test
  void what_is_required_is_never_null() {
    assertThatNullPointerException().isThrownBy(() -> new Root(null, true)).withMessage("path");
  }

  @Test
  void a_bind_mount_takes_what_is_below_its_source() {
    assertThat(Mount.bind("/srv", "/data", "ro"))
        .isEqualTo(new Mount("/data", "bind", "/srv", List.of("rbind", "ro")));
  }

  private static Object filled(Class<?> record, String mark) throws Exception {
    RecordComponent[] components = record.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Constructor<?> constructor = record.getDeclaredConstructor(types);
    Object[] values = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      values[i] = value(types[i], components[i].getName() + " " + mark);
    }
    return constructor.newInstance(values);
  }

  private static Object value(Class<?> type, String mark) throws Exception {
    if (type == String.class) {
      return mark;
    } else if (type == List.class) {
      return List.of(mark);
    } else if (type == Map.class) {
      return new HashMap<>(Map.of("key", mark));
    } else if (type.isRecord()) {
      return filled(type, mark);
    } else if (type.isEnum()) {
      Object[] constants = type.getEnumConstants();
      return constants[mark.endsWith("one") ? 0 : 1];
    } else if (type == boolean.class || type == Boolean.class) {
      return mark.endsWith("one");
    } else if (type == int.class || type == Integer.class) {
      return mark.hashCode();
    } else {
      return (long) mark.hashCode();
    }
  }
}
