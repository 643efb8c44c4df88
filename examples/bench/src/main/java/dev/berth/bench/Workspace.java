package dev.berth.bench;

import dev.berth.Bundle;
import dev.berth.ContainerRuntime;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The directories of a run: a root file system with one program, the bundles made of it, state of
 * the runtimes. Closing it deletes them.
 */
final class Workspace implements AutoCloseable {
  /** In the containers. */
  static final String TRUE = "/bin/true";

  private static final String OCI_VERSION = "1.0.2";

  private static final List<String> METER =
      List.of(
          "meter.c",
          "command.c",
          "container.c",
          "exec.c",
          "state.c",
          "cgroups.c",
          "figures.c",
          "root.c",
          "program.c");

  private final Path directory;
  private final Path state;

  /** Empty directories. */
  Workspace() throws IOException {
    directory = Files.createTempDirectory("berth-bench");
    state = Files.createTempDirectory(inMemory(), "berth-bench");
  }

  /**
   * State is kept in {@code /run}, which on any distribution is in memory. Where it is not, as in
   * some virtual machines and images, the disk's file system would be measured.
   */
  private static Path inMemory() throws IOException {
    Path run = Path.of("/run");
    Path shared = Path.of("/dev/shm");
    return isInMemory(run) || !isInMemory(shared) ? run : shared;
  }

  private static boolean isInMemory(Path directory) throws IOException {
    return Files.isDirectory(directory) && Files.getFileStore(directory).type().equals("tmpfs");
  }

  /** Compiles the meter and the containers' program, and lays out the root file system. */
  void build() throws IOException {
    Path sources = Files.createDirectory(directory.resolve("c"));
    List<String> files = new ArrayList<>(METER);
    files.addAll(List.of("meter.h", "true.c"));
    for (String file : files) {
      try (InputStream source = Workspace.class.getResourceAsStream("/c/" + file)) {
        Files.copy(source, sources.resolve(file));
      }
    }
    // What the containers mount on is there before, so that every round is like the first.
    for (String target : List.of("bin", "dev", "proc", "sys")) {
      Files.createDirectories(rootfs().resolve(target));
    }
    List<String> meter = new ArrayList<>(List.of("-D_GNU_SOURCE", "-o", meter().toString()));
    METER.forEach(file -> meter.add(sources.resolve(file).toString()));
    compile(meter);
    String program = rootfs().resolve(TRUE.substring(1)).toString();
    compile(List.of("-static", "-o", program, sources.resolve("true.c").toString()));
  }

  private static void compile(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(compiler(), "-O2"));
    command.addAll(arguments);
    Commands.run(command);
  }

  private static String compiler() throws IOException {
    return Stream.of("gcc", "clang")
        .filter(Commands::isOnPath)
        .findFirst()
        .orElseThrow(() -> new IOException("no C compiler; install gcc and libc6-dev, or clang"));
  }

  /** The program of {@code meter.c}. */
  Path meter() {
    return directory.resolve("meter");
  }

  Path rootfs() {
    return directory.resolve("rootfs");
  }

  /** The state directory of the runtime {@code name}. */
  Path state(String name) {
    return state.resolve(name);
  }

  /** An id that nothing else on the machine has: it is the name of cgroups too. */
  String id(String name) {
    return "berth-bench-%s-%s".formatted(ProcessHandle.current().pid(), name);
  }

  /** A bundle of the default configuration but for its program, and for a version that all know. */
  Bundle bundle(ContainerRuntime runtime, String name, String... command) {
    Spec spec = runtime.container(id(name)).rootfs(rootfs()).command(command).spec();
    return Bundle.create(directory.resolve(name), withVersionOfAll(spec));
  }

  private static Spec withVersionOfAll(Spec spec) {
    return new Spec(
        OCI_VERSION,
        spec.process(),
        spec.root(),
        spec.hostname(),
        spec.domainname(),
        spec.mounts(),
        spec.hooks(),
        spec.annotations(),
        spec.linux());
  }

  @Override
  public void close() throws IOException {
    delete(directory);
    delete(state);
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
