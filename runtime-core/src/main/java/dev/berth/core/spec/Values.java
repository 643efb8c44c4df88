package dev.berth.core.spec;

import dev.berth.spec.Spec;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks what holds for every value, wherever it stands: a text that reaches the kernel ends at the
 * first NUL, so there must be none, and in UTF-8; and an integer is within the type that the
 * specification gives it, which for a record that a program made is not certain.
 */
final class Values {
  private Values() {}

  static void check(Spec spec, Report report) {
    object(JsonPath.ROOT, spec, report);
  }

  static void checkProcess(Spec spec, Report report) {
    if (spec.process() != null) {
      object(JsonPath.ROOT.property("process"), spec.process(), report);
    }
  }

  static void checkResources(Spec spec, Report report) {
    JsonPath linux = JsonPath.ROOT.property("linux");
    object(linux.property("resources"), spec.linux().resources(), report);
    if (spec.linux().intelRdt() != null) {
      object(linux.property("intelRdt"), spec.linux().intelRdt(), report);
    }
  }

  private static void object(JsonPath path, Record object, Report report) {
    for (Property property : RecordType.of(object.getClass()).properties()) {
      value(path.property(property.name()), property.value(object), property.range(), report);
    }
  }

  private static void value(
      JsonPath path, @Nullable Object value, IntegerRange range, Report report) {
    switch (value) {
      case String text -> text(path, text, report);
      case Number number -> integer(path, number.longValue(), range, report);
      case Record object -> object(path, object, report);
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          value(path.element(i), list.get(i), range, report);
        }
      }
      case Map<?, ?> map ->
          map.forEach((key, element) -> {
            JsonPath entry = path.entry(String.valueOf(key));
            text(entry, String.valueOf(key), report);
            value(entry, element, range, report);
          });
      case null, default -> {}
    }
  }

  private static void text(JsonPath path, String text, Report report) {
    if (text.indexOf('\0') >= 0) {
      report.problem(path.toString(), "contains a NUL character");
    }
    if (hasHalfACharacter(text)) {
      report.problem(path.toString(), "contains half of a surrogate pair, which is no character");
    }
  }

  /** JSON can have one, as {@code \\ud800}; in UTF-8 it would silently become another character. */
  private static boolean hasHalfACharacter(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints().anyMatch(point -> point >= 0xd800 && point <= 0xdfff);
      }
    }
    return false;
  }

  private static void integer(JsonPath path, long bits, IntegerRange range, Report report) {
    BigInteger value = range.value(bits);
    if (!range.contains(value)) {
      report.problem(path.toString(), range.refusal(value));
    }
  }
}
