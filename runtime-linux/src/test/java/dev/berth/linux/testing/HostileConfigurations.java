package dev.berth.linux.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Every configuration that differs from a good one in one place, which is odd: each value is
 * replaced by each of some dozens of others, each key by others, and each array and each string
 * becomes large. Each is made when the stream comes to it.
 */
public final class HostileConfigurations {
  /** A configuration, and where it differs. */
  public record Mutant(String place, byte[] json) {}

  /** Up to a little less than the 16 MiB of the largest file that is read. */
  private static final int LARGE = Integer.getInteger("berth.hostile.bytes", 1 << 20);

  /** Elements of an array, and keys of an object. */
  private static final int MANY = Integer.getInteger("berth.hostile.elements", 20_000);

  private static final String HERE = "HERE-IS-THE-PLACE";

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "1",
          "-1",
          "4294967295",
          "4294967296",
          "9223372036854775807",
          "-9223372036854775808",
          "18446744073709551615",
          "18446744073709551616",
          "1.5",
          "1e400",
          "9".repeat(900),
          "\"\"",
          "\" \"",
          "\"text\"",
          "\"/\"",
          "\"..\"",
          "\"a/../../b\"",
          "\"-1\"",
          "\"5-3\"",
          "\"0-99999999999\"",
          "\"99999999999999999999\"",
          "\"\u0663\"",
          "\"\\u001b]0;title\\u0007\\r\\nforged: line\"",
          "\"\\u202e\\u2066\\u200b\\ufeff\\u061c\\udb40\\udc41\"",
          "\"\\u2028\\u0085\\u007f\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"%s%n%d{0}$1\\\\\"",
          "\"a:b:c\"",
          "\"-.slice:-:x\"",
          "\"\\u001b:\\u202e:\\n.slice\"",
          "\"a=b,c=d\"",
          "\"default 5\"",
          "\"99999999999999999999 0\"",
          "\"" + "[".repeat(200_000) + "\"",
          "[]",
          "[null]",
          "[\"\"]",
          "[[]]",
          "[\"a\",\"a\"]",
          "[-1]",
          "{}",
          "{\"\":null}",
          "{\"\":\"\"}",
          "{\"a.b\":\"text\"}",
          "[".repeat(5000));

  private static final List<String> KEYS =
      List.of(
          "",
          "a",
          "a/b",
          "..",
          "\\u001b[31m\\r\\nforged: line",
          "\\u202e\\u2066\\u200b\\ufeff",
          "\\ud800",
          "\\u0000",
          "%s%d{0}",
          "memory.max",
          "cpuset.cpus",
          "cpu.max",
          "io.weight",
          "net.ipv4.\\u202e",
          "org.systemd.property.\\u001b",
          "org.systemd.property.After",
          "org.systemd.property.TimeoutStopSec");

  private final JsonNode config;

  private HostileConfigurations(JsonNode config) {
    this.config = config;
  }

  /** Those that are not larger than {@code config}, but for a few values. */
  public static Stream<Mutant> odd(ObjectNode config) {
    HostileConfigurations of = new HostileConfigurations(config);
    return of.places().entrySet().stream()
        .flatMap(place -> Stream.concat(of.values(place), of.keys(place)));
  }

  /** Those that are large. */
  public static Stream<Mutant> large(ObjectNode config) {
    HostileConfigurations of = new HostileConfigurations(config);
    return of.places().entrySet().stream()
        .flatMap(place ->
            switch (place.getValue()) {
              case ArrayNode array -> of.repeated(place.getKey(), array);
              case ObjectNode object -> of.widened(place.getKey(), object);
              case JsonNode leaf when leaf.isTextual() -> of.lengthened(place.getKey());
              default -> Stream.of();
            });
  }

  /** Every value by its JSON pointer; of a long array only the first and the last element. */
  private Map<String, JsonNode> places() {
    Map<String, JsonNode> places = new LinkedHashMap<>();
    collect("", config, places);
    return places;
  }

  private static void collect(String pointer, JsonNode node, Map<String, JsonNode> places) {
    places.put(pointer, node);
    node.properties()
        .forEach(property ->
            collect(pointer + "/" + escaped(property.getKey()), property.getValue(), places));
    if (node.isArray() && !node.isEmpty()) {
      new TreeSet<>(List.of(0, node.size() - 1))
          .forEach(index -> collect(pointer + "/" + index, node.get(index), places));
    }
  }

  private Stream<Mutant> values(Map.Entry<String, JsonNode> place) {
    return VALUES.stream().map(value -> mutant(place.getKey(), value));
  }

  /** Of each key, in case that it is one that anybody may choose. */
  private Stream<Mutant> keys(Map.Entry<String, JsonNode> place) {
    if (!(place.getValue() instanceof ObjectNode object) || object.isEmpty()) {
      return Stream.of();
    }
    String first = object.properties().iterator().next().getValue().toString();
    return Stream.concat(KEYS.stream(), Stream.of("x".repeat(100_000)))
        .flatMap(key ->
            Stream.of(first, "\"5\"", "\"['a']\"", "\"-7\"", "null")
                .map(value -> mutant(place.getKey(), "{\"" + key + "\":" + value + "}")));
  }

  private Stream<Mutant> repeated(String pointer, ArrayNode array) {
    List<String> elements = new ArrayList<>(List.of("0", "\"\""));
    array.forEach(element -> elements.add(element.toString()));
    return elements.stream()
        .distinct()
        .limit(4)
        .map(element -> mutant(pointer, "[" + repeated(element + ",") + element + "]"));
  }

  private static String repeated(String text) {
    return text.repeat(Math.min(MANY, LARGE / text.length()));
  }

  private Stream<Mutant> widened(String pointer, ObjectNode object) {
    if (object.isEmpty()) {
      return Stream.of();
    }
    String value = object.properties().iterator().next().getValue().toString();
    StringBuilder wide = new StringBuilder("{\"a\":" + value);
    for (int i = 0; i < MANY && wide.length() < LARGE - value.length(); i++) {
      wide.append(",\"net.k").append(i).append("\":").append(value);
    }
    return Stream.of(mutant(pointer, wide.append('}').toString()));
  }

  private Stream<Mutant> lengthened(String pointer) {
    return Stream.of("x", "[", "/a", "0,", "\\u001b", "a:", "9")
        .map(piece -> mutant(pointer, "\"" + piece.repeat(LARGE * 2 / 3 / piece.length()) + "\""));
  }

  /** The configuration with {@code value}, which is JSON or not, in this place. */
  private Mutant mutant(String pointer, String value) {
    String what = pointer + " = " + (value.length() > 60 ? value.substring(0, 60) + "…" : value);
    return new Mutant(what, with(pointer, value).getBytes(StandardCharsets.UTF_8));
  }

  private String with(String pointer, String value) {
    if (pointer.isEmpty()) {
      return value;
    }
    JsonNode copy = config.deepCopy();
    int slash = pointer.lastIndexOf('/');
    JsonNode parent = copy.at(pointer.substring(0, slash));
    String last = pointer.substring(slash + 1);
    JsonNode here = JsonNodeFactory.instance.textNode(HERE);
    if (parent instanceof ArrayNode array) {
      array.set(Integer.parseInt(last), here);
    } else {
      ((ObjectNode) parent).set(last.replace("~1", "/").replace("~0", "~"), here);
    }
    return copy.toString().replace("\"" + HERE + "\"", value);
  }

  private static String escaped(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }
}
