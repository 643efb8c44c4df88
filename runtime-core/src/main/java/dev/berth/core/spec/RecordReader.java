package dev.berth.core.spec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.berth.core.text.KernelText;
import dev.berth.spi.Printable;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON text into a record, by the types of its components: records, lists, maps, strings,
 * enums, booleans and integers. Each value that does not fit is a problem, and reading goes on
 * behind it.
 */
final class RecordReader {
  private final JsonParser parser;
  private final Problems problems = new Problems();

  RecordReader(JsonParser parser) {
    this.parser = parser;
  }

  <T extends Record> Reading<T> read(Class<T> type) throws IOException {
    if (parser.nextToken() == null) {
      return refused("empty");
    }
    @Nullable Object value = value(type, IntegerRange.SIGNED_64, JsonPath.ROOT);
    if (parser.nextToken() != null) {
      return refused(
          "line %s: more text behind the end".formatted(parser.currentLocation().getLineNr()));
    }
    return new Reading<>(problems.isEmpty() ? type.cast(value) : null, problems.list());
  }

  private <T extends Record> Reading<T> refused(String message) {
    problem(JsonPath.ROOT, message);
    return new Reading<>(null, problems.list());
  }

  /** The value that the parser stands on; anything, but a problem, if it is of another type. */
  private @Nullable Object value(Type type, IntegerRange range, JsonPath path) throws IOException {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return generic.getRawType() == List.class
          ? list(arguments[0], range, path)
          : map(arguments[1], range, path);
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isRecord()) {
      return object(plain, path);
    } else if (plain == String.class) {
      return is("a string", path, JsonToken.VALUE_STRING) ? text(path) : null;
    } else if (plain.isEnum()) {
      return is("a string", path, JsonToken.VALUE_STRING) ? constant(plain, path) : null;
    } else if (plain == boolean.class || plain == Boolean.class) {
      return is("true or false", path, JsonToken.VALUE_TRUE, JsonToken.VALUE_FALSE)
          ? parser.getBooleanValue()
          : null;
    } else if (plain == int.class || plain == Integer.class) {
      BigInteger value = integer(range, path);
      return value == null ? null : value.intValue();
    } else {
      BigInteger value = integer(range, path);
      return value == null ? null : value.longValue();
    }
  }

  /** JSON can have half of a surrogate pair, as {@code \\ud800}, which is no text. */
  private String text(JsonPath path) throws IOException {
    String text = parser.getText();
    if (KernelText.hasHalfACharacter(text)) {
      problem(path, Values.HALF);
    }
    return text;
  }

  private @Nullable Object object(Class<?> type, JsonPath path) throws IOException {
    if (!is("an object", path, JsonToken.START_OBJECT)) {
      return null;
    }
    int before = problems.count();
    RecordType object = RecordType.of(type);
    Map<String, @Nullable Object> values = new HashMap<>();
    Set<String> given = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      Property property = object.property(parser.currentName());
      if (property == null) {
        parser.nextToken();
        parser.skipChildren();
      } else {
        property(property, path.property(property.name()), values, given);
      }
    }
    for (Property property : object.properties()) {
      if (property.required() && !given.contains(property.name())) {
        problem(path.property(property.name()), "missing");
      }
    }
    return problems.count() == before ? object.construct(values) : null;
  }

  /**
   * Reads a value into {@code values}; those that are not absent, be they wrong, into {@code
   * given}.
   */
  private void property(
      Property property, JsonPath path, Map<String, @Nullable Object> values, Set<String> given)
      throws IOException {
    if (values.containsKey(property.name())) {
      problem(path, "given twice");
    }
    int before = problems.count();
    parser.nextToken();
    @Nullable Object value =
        isAbsent(property.type()) ? null : value(property.type(), property.range(), path);
    values.put(property.name(), value);
    if (value != null || problems.count() > before) {
      given.add(property.name());
    }
  }

  /** Null, or an empty string for an enum: engines write the one or the other. */
  private boolean isAbsent(Type type) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_NULL -> true;
      case VALUE_STRING ->
          type instanceof Class<?> plain && plain.isEnum() && parser.getText().isEmpty();
      default -> false;
    };
  }

  private @Nullable List<@Nullable Object> list(Type type, IntegerRange range, JsonPath path)
      throws IOException {
    if (!is("an array", path, JsonToken.START_ARRAY)) {
      return null;
    }
    List<@Nullable Object> values = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      values.add(value(type, range, path.element(values.size())));
    }
    return values;
  }

  private @Nullable Map<String, @Nullable Object> map(Type type, IntegerRange range, JsonPath path)
      throws IOException {
    if (!is("an object", path, JsonToken.START_OBJECT)) {
      return null;
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      JsonPath entry = path.entry(key);
      if (values.containsKey(key)) {
        problem(entry, "given twice");
      }
      parser.nextToken();
      values.put(key, value(type, range, entry));
    }
    return values;
  }

  /** An enum's constant, which reads as {@code config.json} has it. */
  private @Nullable Object constant(Class<?> type, JsonPath path) throws IOException {
    String text = parser.getText();
    for (Object constant : type.getEnumConstants()) {
      if (constant.toString().equals(text)) {
        return constant;
      }
    }
    String known =
        Arrays.stream(type.getEnumConstants())
            .map(Object::toString)
            .collect(Collectors.joining(", "));
    problem(path, "\"%s\" is unknown; known are %s".formatted(Printable.value(text), known));
    return null;
  }

  private @Nullable BigInteger integer(IntegerRange range, JsonPath path) throws IOException {
    if (!is("an integer", path, JsonToken.VALUE_NUMBER_INT)) {
      return null;
    }
    BigInteger value = parser.getBigIntegerValue();
    if (!range.contains(value)) {
      problem(path, range.refusal(value));
      return null;
    }
    return value;
  }

  /** Whether the value is of one of these types; if not, reports it and steps over it. */
  private boolean is(String expected, JsonPath path, JsonToken... types) throws IOException {
    if (Arrays.asList(types).contains(parser.currentToken())) {
      return true;
    }
    problem(path, "expected %s, found %s".formatted(expected, found(expected)));
    parser.skipChildren();
    return false;
  }

  private String found(String expected) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_FLOAT ->
          expected.equals("an integer") ? Printable.value(parser.getText()) : "a number";
      case VALUE_NUMBER_INT -> "a number";
      case VALUE_TRUE -> "true";
      case VALUE_FALSE -> "false";
      default -> "null";
    };
  }

  private void problem(JsonPath path, String message) {
    problems.add(path, message);
  }
}
