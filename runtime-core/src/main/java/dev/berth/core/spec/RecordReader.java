package dev.berth.core.spec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.berth.Problem;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON text into a record, by the types of its components: records, lists, maps, strings,
 * enums, booleans and integers. Each value that does not fit is a problem, and reading goes on
 * behind it.
 */
final class RecordReader {
  private final JsonParser parser;
  private final List<Problem> problems = new ArrayList<>();

  RecordReader(JsonParser parser) {
    this.parser = parser;
  }

  <T extends Record> Reading<T> read(Class<T> type) throws IOException {
    if (parser.nextToken() == null) {
      return refused("", "empty");
    }
    @Nullable Object value = value(type, IntegerRange.SIGNED_64, "");
    if (parser.nextToken() != null) {
      return refused(
          "", "line %d: more text behind the end".formatted(parser.currentLocation().getLineNr()));
    }
    return new Reading<>(problems.isEmpty() ? type.cast(value) : null, problems);
  }

  private <T extends Record> Reading<T> refused(String path, String message) {
    problem(path, message);
    return new Reading<>(null, problems);
  }

  /** The value that the parser stands on; anything, but a problem, if it is of another type. */
  private @Nullable Object value(Type type, IntegerRange range, String path) throws IOException {
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
      return is("a string", path, JsonToken.VALUE_STRING) ? parser.getText() : null;
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

  private @Nullable Object object(Class<?> type, String path) throws IOException {
    if (!is("an object", path, JsonToken.START_OBJECT)) {
      return null;
    }
    int before = problems.size();
    Map<String, Property> known =
        Property.of(type).stream().collect(Collectors.toMap(Property::name, property -> property));
    Map<String, @Nullable Object> values = new HashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      Property property = known.get(parser.currentName());
      if (property == null) {
        parser.nextToken();
        parser.skipChildren();
      } else {
        property(property, path, values);
      }
    }
    for (Property property : Property.of(type)) {
      if (property.required() && values.get(property.name()) == null) {
        problem(child(path, property.name()), "missing");
      }
    }
    return problems.size() == before ? construct(type, values) : null;
  }

  private void property(Property property, String owner, Map<String, @Nullable Object> values)
      throws IOException {
    String path = child(owner, property.name());
    if (values.containsKey(property.name())) {
      problem(path, "given twice");
    }
    @Nullable Object value =
        parser.nextToken() == JsonToken.VALUE_NULL
            ? null
            : value(property.type(), property.range(), path);
    values.put(property.name(), value);
  }

  private static Object construct(Class<?> type, Map<String, @Nullable Object> values) {
    List<Property> properties = Property.of(type);
    Class<?>[] types =
        properties.stream().map(p -> p.component().getType()).toArray(Class<?>[]::new);
    @Nullable Object[] arguments =
        properties.stream()
            .map(p -> orDefault(values.get(p.name()), p.component().getType()))
            .toArray();
    try {
      Constructor<?> canonical = type.getDeclaredConstructor(types);
      return canonical.newInstance(arguments);
    } catch (ReflectiveOperationException impossible) { // it takes every value of its types
      throw new LinkageError(type.getName(), impossible);
    }
  }

  private static @Nullable Object orDefault(@Nullable Object value, Class<?> type) {
    if (value != null || !type.isPrimitive()) {
      return value;
    } else if (type == boolean.class) {
      return false;
    } else {
      return type == int.class ? (Object) 0 : (Object) 0L;
    }
  }

  private @Nullable List<@Nullable Object> list(Type type, IntegerRange range, String path)
      throws IOException {
    if (!is("an array", path, JsonToken.START_ARRAY)) {
      return null;
    }
    List<@Nullable Object> values = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      values.add(value(type, range, "%s[%d]".formatted(path, values.size())));
    }
    return values;
  }

  private @Nullable Map<String, @Nullable Object> map(Type type, IntegerRange range, String path)
      throws IOException {
    if (!is("an object", path, JsonToken.START_OBJECT)) {
      return null;
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String entry = "%s[\"%s\"]".formatted(path, key);
      if (values.containsKey(key)) {
        problem(entry, "given twice");
      }
      parser.nextToken();
      values.put(key, value(type, range, entry));
    }
    return values;
  }

  /**
   * An enum's constant, which reads as {@code config.json} has it; an empty string is an absent
   * one.
   */
  private @Nullable Object constant(Class<?> type, String path) throws IOException {
    String text = parser.getText();
    for (Object constant : type.getEnumConstants()) {
      if (constant.toString().equals(text)) {
        return constant;
      }
    }
    if (!text.isEmpty()) {
      String known =
          Arrays.stream(type.getEnumConstants())
              .map(Object::toString)
              .collect(Collectors.joining(", "));
      problem(path, "\"%s\" is unknown; known are %s".formatted(text, known));
    }
    return null;
  }

  private @Nullable BigInteger integer(IntegerRange range, String path) throws IOException {
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
  private boolean is(String expected, String path, JsonToken... types) throws IOException {
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
      case VALUE_NUMBER_FLOAT -> expected.equals("an integer") ? parser.getText() : "a number";
      case VALUE_NUMBER_INT -> "a number";
      case VALUE_TRUE -> "true";
      case VALUE_FALSE -> "false";
      default -> "null";
    };
  }

  private static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private void problem(String path, String message) {
    problems.add(new Problem(path, message));
  }
}
