package dev.berth.spec;

import dev.berth.spi.Printable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the records of this package hold what may be absent. */
final class Absent {
  private Absent() {}

  static @Nullable String ifEmpty(@Nullable String value) {
    return value == null || value.isEmpty() ? null : value;
  }

  static <T> List<T> asEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /** Unlike {@link Map#copyOf}, keeps the order, so that what was read is written back the same. */
  static <V> Map<String, V> asEmpty(@Nullable Map<String, V> map) {
    if (map == null || map.isEmpty()) {
      return Map.of();
    }
    Map<String, V> copy = new LinkedHashMap<>(map);
    copy.forEach((key, value) -> {
      Objects.requireNonNull(key, "null as a key");
      Objects.requireNonNull(
          value, () -> "null as the value of \"%s\"".formatted(Printable.value(key)));
    });
    return Collections.unmodifiableMap(copy);
  }
}
