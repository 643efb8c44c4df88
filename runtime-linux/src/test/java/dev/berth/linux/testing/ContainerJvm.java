package dev.berth.linux.testing;

import dev.berth.CgroupDriver;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Another JVM that runs a container, for what a test cannot change in its own. */
public final class ContainerJvm {
  static final String DRIVER = "BERTH_TEST_DRIVER";

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

  /** One that may have as many open files, and does not raise that limit as a JVM usually does. */
  public static ContainerJvm withOpenFiles(int soft) {
    String script =
        "ulimit -Sn %d; java=$1; shift; exec \"$java\" -XX:-MaxFDLimit \"$@\"".formatted(soft);
    return new ContainerJvm(List.of("sh", "-c", script, "sh"), Map.of(), classPath());
  }

  /** One in a mount namespace of its own, where {@code script} has run before. */
  public static ContainerJvm withMounts(String script) {
    List<String> prefix = List.of("unshare", "-m", "sh", "-ec", script + "\nexec \"$@\"", "sh");
    return new ContainerJvm(prefix, Map.of(), classPath());
  }

  /** One with a variable more in its environment. */
  public static ContainerJvm withEnvironment(String name, String value) {
    return new ContainerJvm(List.of(), Map.of(name, value), classPath());
  }

  /** One whose containers' cgroups systemd makes. */
  public static ContainerJvm withSystemd() {
    return withEnvironment(DRIVER, CgroupDriver.SYSTEMD.name());
  }

  /** One in a network namespace of its own, which {@code setup} has furnished. */
  public static ContainerJvm withNetwork(String setup) {
    List<String> prefix = List.of("unshare", "--net", "sh", "-c", setup + "; exec \"$@\"", "sh");
    return new ContainerJvm(prefix, Map.of(), classPath());
  }

  /** One in a PID namespace of its own, to which {@code vm.memfd_noexec} belongs. */
  public static ContainerJvm withMemfdNoexec(int value) {
    String script = "echo %d >/proc/sys/vm/memfd_noexec; exec \"$@\"".formatted(value);
    List<String> prefix =
        List.of("unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh");
    return new ContainerJvm(prefix, Map.of(), classPath());
  }

  /**
   * One of another user.
   *
   * @param copies where that user finds the class path, which may be in root's home
   * @param groups those of the user besides the own
   */
  public static ContainerJvm of(int uid, Path copies, int... groups) throws IOException {
    List<String> classPath = new ArrayList<>();
    for (String entry : classPath().split(File.pathSeparator)) {
      if (entry.isEmpty() || !Files.exists(Path.of(entry))) {
        continue;
      }
      Path copy = Files.createDirectories(copies).resolve(Integer.toString(classPath.size()));
      copy(Path.of(entry), copy);
      classPath.add(copy.toString());
    }
    String membership =
        groups.length == 0
            ? "--clear-groups"
            : "--groups="
                + IntStream.of(groups).mapToObj(String::valueOf).collect(Collectors.joining(","));
    List<String> prefix = List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, membership);
    return new ContainerJvm(prefix, Map.of(), String.join(File.pathSeparator, classPath));
  }

  /** This one, started by {@code outer}, a command that takes another one as its arguments. */
  public ContainerJvm startedBy(String... outer) {
    List<String> both = new ArrayList<>(List.of(outer));
    both.addAll(prefix);
    return new ContainerJvm(both, environment, classPath);
  }

  /** This one, whose {@code java} is started by {@code inner} after all else. */
  public ContainerJvm within(String... inner) {
    List<String> both = new ArrayList<>(prefix);
    both.addAll(List.of(inner));
    return new ContainerJvm(both, environment, classPath);
  }

  /**
   * This one, on a machine whose {@code /etc/subuid} and {@code /etc/subgid} are {@code grants}:
   * for it alone, in a mount namespace of its own.
   */
  public ContainerJvm granted(Path grants) {
    String script =
        "mount --bind \"$1\" /etc/subuid && mount --bind \"$1\" /etc/subgid && shift && exec \"$@\"";
    return startedBy("unshare", "--mount", "sh", "-c", script, "sh", grants.toString());
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
