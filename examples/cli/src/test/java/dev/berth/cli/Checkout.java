package dev.berth.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A checkout that has been built, with the scripts of this one, and a jar that refers to the
 * classes under test.
 */
final class Checkout {
  private static final Path ORIGINAL = Path.of("../..");
  private static final List<String> COPIED =
      List.of("berth", "build/setup.sh", "examples/cli/jvm.options");
  private static final List<String> SOURCES =
      List.of(
          "pom.xml",
          "runtime-api/pom.xml",
          "runtime-api/src/main",
          "examples/pom.xml",
          "examples/cli/pom.xml",
          "examples/cli/src/main");

  /** A JVM keeps every jar open in which it has looked for a class. */
  private static final Pattern NEEDED =
      Pattern.compile(".*/(main|classes|(berth|picocli|jackson-core)-[^/]*)");

  private final Path directory;

  private Checkout(Path directory) {
    this.directory = directory;
  }

  /** Makes one. */
  static Checkout make(Path directory) throws IOException {
    for (String source : SOURCES) {
      Files.createDirectories(directory.resolve(source));
    }
    for (String file : COPIED) {
      Files.createDirectories(directory.resolve(file).getParent());
      Files.copy(ORIGINAL.resolve(file), directory.resolve(file));
    }
    Path target = Files.createDirectories(directory.resolve("examples/cli/target"));
    try (OutputStream jar = Files.newOutputStream(target.resolve("berth-cli.jar"))) {
      new JarOutputStream(jar, manifest()).close();
    }
    Files.createFile(target.resolve("built"));
    return new Checkout(directory);
  }

  private static Manifest manifest() {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, Berth.class.getName());
    attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
    attributes.put(
        Attributes.Name.CLASS_PATH,
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(NEEDED.asMatchPredicate())
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    return manifest;
  }

  /** The command {@code ./berth}, with this state root. */
  List<String> command(Path root) {
    return List.of(directory.resolve("berth").toString(), "--root", root.toString());
  }
}
