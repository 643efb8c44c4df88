package dev.berth.linux.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another JVM that runs a container, for what a test cannot change in its own. */
public final class ContainerJvm {
  private final List<String> prefix;
  private final Map<String, String> environment;
  private final String classPath;

  private ContainerJvm(List<String> prefix, Map<String, String> environment, String classPath) {
    this.prefix = prefix;
    this.environment = environment;
    this.classPath = classPath;
  }

  /** One that ignores signals. */
  public static ContainerJvm ignoring(String... signals) {
    String script = "trap '' %s; exec \"$@\"".formatted(String.join(" ", signals));
    return new ContainerJvm(List.of("sh", "-c", script, "sh"), Map.of(), classPath());
  }

  /** One that runs on these processors only. */
  public static ContainerJvm boundTo(String processors) {
    return new ContainerJvm(List.of("taskset", "--cpu-list", processors), Map.of(), classPath());
  }

  /** One with a variable more in its environment. */
  public static ContainerJvm withEnvironment(String name, String value) {
    return new ContainerJvm(List.of(), Map.of(name, value), classPath());
  }

  /**
   * One of another user.
   *
   * @param copies where that user finds the class path, which may be in root's home
   */
  public static ContainerJvm of(int uid, Path copies) throws IOException {
    List<String> classPath = new ArrayList<>();
    for (String entry : classPath().split(File.pathSeparator)) {
      if (entry.isEmpty() || !Files.exists(Path.of(entry))) {
        continue;
      }
      Path copy = Files.createDirectories(copies).resolve(Integer.toString(classPath.size()));
      copy(Path.of(entry), copy);
      classPath.add(copy.toString());
    }
    List<String> prefix = List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups");
    return new ContainerJvm(prefix, Map.of(), String.join(File.pathSeparator, classPath));
  }

  /** What the program of {@code bundle} writes, or why it does not run. */
  public String run(Path root, Path bundle) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            OneContainer.class.getName(),
            root.toString(),
            bundle.toString(),
            Containers.newId()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try (Stream<String> lines = process.inputReader(StandardCharsets.UTF_8).lines()) {
      return lines.collect(Collectors.joining("\n"));
    } finally {
      process.onExit().join();
    }
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(file -> {
        try {
          Files.copy(file, to.resolve(from.relativize(file).toString()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }
}
