package dev.berth.core.spec;

import dev.berth.core.text.KernelText;
import dev.berth.spec.Spec;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks what holds for every value, wherever it stands: a text that reaches the kernel ends at the
 * first NUL, so there must be none, and in UTF-8; and an integer is within the type that the
 * specification gives it, which for a record that a program made is not certain.
 *
 * <p>A configuration is written down as JSON, which has characters alone. The process of an exec is
 * not, and may have any {@link KernelText}.
 *
 * @param isText what a text must be, besides
 */
record Values(Predicate<String> isText, Report report) {
  /** In UTF-8 it would silently become another character. */
  static final String HALF = "contains half of a surrogate pair, which is no character";

  static void check(Spec spec, Report report) {
    ofConfiguration(report).object(JsonPath.ROOT, spec);
  }

  static void checkProcess(Spec spec, Report report) {
    if (spec.process() != null) {
      new Values(KernelText::isEncodable, report)
          .object(JsonPath.ROOT.property("process"), spec.process());
    }
  }

  static void checkResources(Spec spec, Report report) {
    JsonPath linux = JsonPath.ROOT.property("linux");
    Values values = ofConfiguration(report);
    values.object(linux.property("resources"), spec.linux().resources());
    if (spec.linux().intelRdt() != null) {
      values.object(linux.property("intelRdt"), spec.linux().intelRdt());
    }
  }

  private static Values ofConfiguration(Report report) {
    return new Values(text -> !KernelText.hasHalfACharacter(text), report);
  }

  private void object(JsonPath path, Record object) {
    for (Property property : RecordType.of(object.getClass()).properties()) {
      value(path.property(property.name()), property.value(object), property.range());
    }
  }

  private void value(JsonPath path, @Nullable Object value, IntegerRange range) {
    switch (value) {
      case String text -> text(path, text);
      case Number number -> integer(path, number.longValue(), range);
      case Record object -> object(path, object);
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          value(path.element(i), list.get(i), range);
        }
      }
      case Map<?, ?> map ->
          map.forEach((key, element) -> {
            JsonPath entry = path.entry(String.valueOf(key));
            text(entry, String.valueOf(key));
            value(entry, element, range);
          });
      case null, default -> {}
    }
  }

  private void text(JsonPath path, String text) {
    if (text.indexOf('\0') >= 0) {
      report.problem(path.toString(), "contains a NUL character");
    }
    if (!isText.test(text)) {
      report.problem(path.toString(), HALF);
    }
  }

  private void integer(JsonPath path, long bits, IntegerRange range) {
    BigInteger value = range.value(bits);
    if (!range.contains(value)) {
      report.problem(path.toString(), range.refusal(value));
    }
  }
}
