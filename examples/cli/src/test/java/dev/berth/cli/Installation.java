package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.spec.SpecReader;
import dev.berth.core.spec.SpecWriter;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The {@code berth} command as engines call it, one process a call, with a state root and a busybox
 * of its own for each test. After the test, nothing of its containers may be left.
 */
final class Installation implements BeforeEachCallback, AfterEachCallback, ExecutionCondition {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final List<String> APPLETS =
      List.of(
          "sh", "true", "false", "cat", "ls", "ps", "id", "sleep", "echo", "env", "pwd", "stty",
          "dd", "tail", "tty", "vi");

  /** Whatever a test waits for takes milliseconds; a slow machine is not to fail it. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String mark =
      "it-%d-%d".formatted(ProcessHandle.current().pid(), System.nanoTime());
  private final int uid;
  private String classPath = System.getProperty("java.class.path");
  private Path directory;

  /** For root. */
  Installation() {
    this(0);
  }

  /** For this user, to whom the bundle and the state belong. */
  Installation(int uid) {
    this.uid = uid;
  }

  /** How a call ended. */
  record Outcome(int status, String out, String err) {}

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    String reason =
        !Files.isWritable(Path.of("/proc/sys/kernel/hostname"))
            ? "needs root"
            : Files.isExecutable(BUSYBOX) ? "" : "needs /bin/busybox (Debian: busybox-static)";
    if (reason.isEmpty()) {
      return ConditionEvaluationResult.enabled("containers can run");
    }
    System.err.println("skipped: " + context.getDisplayName() + ": " + reason);
    return ConditionEvaluationResult.disabled(reason);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("berth-");
    for (String name : List.of("bin", "dev", "etc", "proc", "sys", "tmp")) {
      Files.createDirectories(rootfs().resolve(name));
    }
    Files.copy(BUSYBOX, rootfs().resolve("bin/busybox"));
    for (String applet : APPLETS) {
      Files.createSymbolicLink(rootfs().resolve("bin").resolve(applet), Path.of("busybox"));
    }
    if (uid != 0) {
      handOver();
    }
    assertThat(berth("spec", "--bundle", bundle().toString())).isEqualTo(new Outcome(0, "", ""));
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException, InterruptedException {
    List<String> left = left();
    // The kernel removes what a dead process had a little after the process.
    for (Instant end = Instant.now().plusSeconds(3); !left.isEmpty() && isBefore(end); ) {
      Thread.sleep(20);
      left = left();
    }
    if (Files.exists(root())) {
      for (Path state : entries(root())) {
        berth("delete", "--force", state.getFileName().toString());
      }
    }
    delete(directory);
    assertThat(left).as("left behind").isEmpty();
  }

  /** The class path may be in root's home. */
  private void handOver() throws IOException {
    Path classes = Files.createDirectories(directory.resolve("classes"));
    List<String> copies = new ArrayList<>();
    for (String from : classPath.split(File.pathSeparator)) {
      Path copy = classes.resolve(Integer.toString(copies.size()));
      copies.add(copy.toString());
      try (Stream<Path> files = Files.walk(Path.of(from))) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(Path.of(from).relativize(file).toString()));
        }
      }
    }
    classPath = String.join(File.pathSeparator, copies);
    Files.createDirectory(root());
    for (Path own : List.of(directory, bundle(), root())) {
      Files.setAttribute(own, "unix:uid", uid);
    }
  }

  /** An id that no other test has. */
  String id(String name) {
    return mark + "-" + name;
  }

  Path bundle() {
    return directory.resolve("bundle");
  }

  Path rootfs() {
    return bundle().resolve("rootfs");
  }

  Path root() {
    return directory.resolve("root");
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** Changes {@code config.json} to run this command, without a terminal. */
  void command(String... args) throws IOException {
    Spec defaults = SpecDefaults.spec();
    ProcessSpec process = defaults.process();
    List<String> env = new ArrayList<>(process.env());
    env.add("MARK=" + mark);
    write(defaults.withProcess(process.withTerminal(false).withArgs(List.of(args)).withEnv(env)));
  }

  /** Changes {@code config.json}. */
  void change(UnaryOperator<Spec> edit) throws IOException {
    Spec spec = SpecReader.read(bundle().resolve("config.json")).orThrow(AssertionError::new);
    write(edit.apply(spec));
  }

  void write(Spec spec) throws IOException {
    Files.writeString(bundle().resolve("config.json"), SpecWriter.write(spec));
  }

  /** Calls {@code berth} in the bundle's directory, and waits for its end. */
  Outcome berth(String... args) {
    return shell("exec \"$@\"", args);
  }

  /** The same from a script of the shell, of which {@code berth} and {@code args} are the "$@". */
  Outcome shell(String script, String... args) {
    try {
      return shell(command(), script, args);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same with another {@code berth}, such as a {@link Checkout}'s. */
  Outcome shell(List<String> berth, String script, String... args) {
    try {
      Path out = Files.createTempFile(directory, "out", "");
      Path err = Files.createTempFile(directory, "err", "");
      Process process = start(berth, script, out, err, args);
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("berth %s does not end".formatted(List.of(args)));
      }
      return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Calls {@code berth} with output to files: a container may hold them longer than the call. */
  Process start(Path out, Path err, String... args) throws IOException {
    return start("exec \"$@\"", out, err, args);
  }

  /** The same from a script, as in {@link #shell}. */
  Process start(String script, Path out, Path err, String... args) throws IOException {
    return start(command(), script, out, err, args);
  }

  private Process start(List<String> berth, String script, Path out, Path err, String... args)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    command.addAll(berth);
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .directory((Files.isDirectory(bundle()) ? bundle() : directory).toFile())
        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
  }

  /** The {@code berth} command, without arguments. */
  List<String> command() throws IOException {
    List<String> command = new ArrayList<>();
    if (uid != 0) {
      command.addAll(List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-MaxFDLimit"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", classPath, Berth.class.getName()));
    command.addAll(List.of("--root", root().toString()));
    return command;
  }

  /** The id of a container whose program runs {@code sleep}. */
  String sleeping(String name) throws IOException {
    command("sleep", "1000");
    assertThat(berth("run", "--detach", id(name))).isEqualTo(new Outcome(0, "", ""));
    return id(name);
  }

  /** Kills and deletes a container. */
  void remove(String id) {
    assertThat(berth("delete", "--force", id)).isEqualTo(new Outcome(0, "", ""));
  }

  /** Waits until {@code berth state} says so. */
  void awaitStatus(String id, String status) throws InterruptedException {
    String field = "\"status\": \"%s\"".formatted(status);
    for (Instant end = Instant.now().plus(PATIENCE); isBefore(end); Thread.sleep(20)) {
      if (berth("state", id).out().contains(field)) {
        return;
      }
    }
    throw new AssertionError("\"%s\" is not %s: %s".formatted(id, status, berth("state", id)));
  }

  /** Waits until the file has this content. */
  static void awaitContent(Path file, String content) throws IOException, InterruptedException {
    for (Instant end = Instant.now().plus(PATIENCE); isBefore(end); Thread.sleep(20)) {
      if (Files.exists(file) && Files.readString(file).equals(content)) {
        return;
      }
    }
    assertThat(file).hasContent(content);
  }

  private static boolean isBefore(Instant end) {
    return Instant.now().isBefore(end);
  }

  private List<String> left() throws IOException {
    List<String> left = new ArrayList<>();
    if (Files.exists(root())) {
      entries(root()).forEach(state -> left.add("state " + state));
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (line.contains(directory.toString())) {
        left.add("mount " + line);
      }
    }
    try (Stream<Path> cgroups = Files.walk(Path.of("/sys/fs/cgroup"))) {
      cgroups
          .filter(path -> path.getFileName().toString().contains(mark))
          .forEach(cgroup -> left.add("cgroup " + cgroup));
    } catch (UncheckedIOException removedMeanwhile) {
      left.add("cgroup: " + removedMeanwhile.getMessage());
    }
    for (Path process : entries(Path.of("/proc"))) {
      if (mentions(process.resolve("environ")) || mentions(process.resolve("cmdline"))) {
        left.add("process " + process);
      }
    }
    return left;
  }

  private boolean mentions(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(mark);
    } catch (IOException noProcess) {
      return false;
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }
}
