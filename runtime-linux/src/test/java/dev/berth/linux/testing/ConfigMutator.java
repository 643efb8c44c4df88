package dev.berth.linux.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes configurations that nobody would write out of a good one: properties are left out, doubled,
 * given another value, or added by the specification's list of them.
 *
 * <p>What would act on the host by right stays as it is, or is not added: the root, sources of
 * mounts, cgroups, hooks and network devices.
 */
public final class ConfigMutator {
  private static final Path PROPERTIES =
      Path.of(
          "../runtime-core/src/test/resources/dev/berth/core/spec/runtime-spec-1.3-properties.txt");

  private static final Set<String> KEPT =
      Set.of("root", "source", "cgroupsPath", "hooks", "netDevices", "intelRdt");

  private static final List<Long> NUMBERS =
      List.of(
          0L,
          1L,
          -1L,
          2L,
          7L,
          64L,
          511L,
          1023L,
          65_535L,
          65_536L,
          1L << 31,
          (1L << 32) - 1,
          1L << 32,
          Long.MAX_VALUE,
          Long.MIN_VALUE);

  private static final List<String> TEXTS =
      List.of(
          "",
          "/",
          ".",
          "..",
          "/proc/self",
          "/dev/null",
          "/nowhere/at/all",
          "a/../../../b",
          "//tmp//",
          "\0",
          "\ud800",
          "\u00fc\u65e5",
          "ro",
          "bind",
          "rshared",
          "size=1k",
          "tmpfs",
          "proc",
          "true",
          "RLIMIT_NPROC",
          "CAP_SYS_ADMIN",
          "x".repeat(5000),
          "%s%n",
          "-1",
          "A=B");

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Random random;
  private final List<String[]> properties;

  /** Of the same seed, the same. */
  public ConfigMutator(long seed) throws IOException {
    this.random = new Random(seed);
    this.properties =
        Files.readAllLines(PROPERTIES).stream()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split(" ")[0].split("\\."))
            .filter(path -> Set.of(path).stream().noneMatch(KEPT::contains))
            .toList();
  }

  /** Changes {@code config} in one to three places. */
  public String mutate(String config) {
    try {
      ObjectNode tree = (ObjectNode) new ObjectMapper().readTree(config);
      for (int i = random.nextInt(3); i >= 0; i--) {
        if (random.nextInt(4) == 0) {
          add(tree, pick(properties), 0);
        } else {
          change(pick(containers(tree)));
        }
      }
      return tree.toString();
    } catch (IOException impossible) { // it was written by the same program
      throw new UncheckedIOException(impossible);
    }
  }

  private void change(JsonNode container) {
    if (container instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = pick(names);
      switch (KEPT.contains(name) ? -1 : random.nextInt(4)) {
        case -1 -> {}
        case 0 -> object.remove(name);
        case 1 -> object.set(name, value());
        default -> object.set(name, similar(object.get(name)));
      }
    } else if (container instanceof ArrayNode array) {
      int index = random.nextInt(array.size());
      switch (random.nextInt(4)) {
        case 0 -> array.remove(index);
        case 1 -> array.insert(random.nextInt(array.size()), array.get(index).deepCopy());
        case 2 -> {
          for (int i = 0; i < 50; i++) {
            array.add(array.get(index).deepCopy());
          }
        }
        default -> array.set(index, similar(array.get(index)));
      }
    }
  }

  /** All objects and arrays with something in them, but what is kept. */
  private static List<JsonNode> containers(JsonNode tree) {
    List<JsonNode> found = new ArrayList<>();
    if (!tree.isEmpty()) {
      found.add(tree);
    }
    tree.properties().stream()
        .filter(property -> !KEPT.contains(property.getKey()))
        .forEach(property -> found.addAll(containers(property.getValue())));
    if (tree.isArray()) {
      tree.forEach(element -> found.addAll(containers(element)));
    }
    return found;
  }

  private void add(ObjectNode object, String[] path, int depth) {
    String name = path[depth].replace("[]", "");
    boolean isList = path[depth].endsWith("[]");
    if (depth == path.length - 1) {
      object.set(name.equals("*") ? "key" : name, isList ? JSON.arrayNode().add(value()) : value());
      return;
    }
    JsonNode next = object.get(name);
    if (isList) {
      ArrayNode list = next instanceof ArrayNode array ? array : object.putArray(name);
      next = list.isEmpty() ? list.addObject() : list.get(random.nextInt(list.size()));
    }
    add(next instanceof ObjectNode inner ? inner : object.putObject(name), path, depth + 1);
  }

  private JsonNode similar(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> JSON.textNode(pick(TEXTS));
      case NUMBER -> JSON.numberNode(pick(NUMBERS));
      case BOOLEAN -> JSON.booleanNode(!value.booleanValue());
      default -> value();
    };
  }

  private JsonNode value() {
    return switch (random.nextInt(7)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.numberNode(pick(NUMBERS));
      case 2 -> JSON.booleanNode(random.nextBoolean());
      case 3 -> JSON.arrayNode();
      case 4 -> JSON.objectNode();
      default -> JSON.textNode(pick(TEXTS));
    };
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
