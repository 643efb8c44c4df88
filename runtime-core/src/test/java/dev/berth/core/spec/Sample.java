package dev.berth.core.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.spec.Spec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A line of {@code runtime-spec-1.3-properties.txt}: a property, and the values that it is tried
 * with.
 *
 * @param path such as {@code mounts[].options[]} or {@code linux.sysctl.*}
 * @param values the greatest of an integer type, each of an enumeration
 */
record Sample(String path, List<JsonNode> values) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static Sample of(String line) {
    String[] parts = line.split(" ", 2);
    return new Sample(parts[0], values(parts[1]).map(Sample::parse).toList());
  }

  private static Stream<String> values(String type) {
    return switch (type) {
      case "string" -> Stream.of("\"text\"");
      case "bool" -> Stream.of("true");
      case "int32" -> Stream.of("2147483647");
      case "int64" -> Stream.of("9223372036854775807");
      case "uint16" -> Stream.of("65535");
      case "uint32" -> Stream.of("4294967295");
      case "uint64" -> Stream.of("18446744073709551615");
      default -> Stream.of(type.replaceAll("[{}]", "").split(" ")).map("\"%s\""::formatted);
    };
  }

  /** A configuration with the property, and what is required around it. */
  byte[] configuration(JsonNode value) {
    return place(Spec.class, tokens(), value).toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The property in a written configuration; a missing node if it is not there. */
  JsonNode in(String configuration) {
    return parse(configuration).at("/" + String.join("/", tokens()).replace("[]", "0"));
  }

  private List<String> tokens() {
    return List.of(path.replace("[]", ".[]").split("\\."));
  }

  private static JsonNode place(Type type, List<String> tokens, JsonNode value) {
    if (tokens.isEmpty()) {
      return value;
    }
    List<String> rest = tokens.subList(1, tokens.size());
    String token = tokens.getFirst();
    if (token.equals("[]")) {
      return JSON.arrayNode().add(place(argument(type, 0), rest, value));
    }
    ObjectNode object = JSON.objectNode();
    if (token.equals("*")) {
      return object.set(token, place(argument(type, 1), rest, value));
    }
    List<Property> properties = properties(type);
    properties.stream()
        .filter(Property::required)
        .forEach(property -> object.set(property.name(), any(property.type())));
    Optional<Property> property = properties.stream().filter(p -> p.name().equals(token)).findAny();
    return object.set(token, place(property.map(Property::type).orElse(void.class), rest, value));
  }

  private static JsonNode any(Type type) {
    if (type instanceof ParameterizedType) {
      return JSON.arrayNode().add("text");
    }
    Class<?> plain = (Class<?>) type;
    if (plain == String.class) {
      return JSON.textNode("text");
    }
    return plain.isEnum()
        ? JSON.textNode(plain.getEnumConstants()[0].toString())
        : plain == boolean.class ? JSON.booleanNode(true) : JSON.numberNode(1);
  }

  /** The paths of all properties that the records have. */
  static Stream<String> paths(String path, Type type) {
    if (type instanceof ParameterizedType generic) {
      boolean list = generic.getRawType() == List.class;
      return paths(path + (list ? "[]" : ".*"), argument(type, list ? 0 : 1));
    }
    List<Property> properties = properties(type);
    return properties.isEmpty()
        ? Stream.of(path)
        : properties.stream()
            .flatMap(p -> paths(path.isEmpty() ? p.name() : path + "." + p.name(), p.type()));
  }

  private static List<Property> properties(Type type) {
    return type instanceof Class<?> plain && plain.isRecord()
        ? List.copyOf(RecordType.of(plain).properties())
        : List.of();
  }

  /** What a list or a map holds; nothing known, for a property of another platform. */
  private static Type argument(Type type, int index) {
    return type instanceof ParameterizedType generic
        ? generic.getActualTypeArguments()[index]
        : void.class;
  }

  private static JsonNode parse(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(json, e);
    }
  }
}
