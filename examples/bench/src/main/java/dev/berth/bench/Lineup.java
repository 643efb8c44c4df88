package dev.berth.bench;

import dev.berth.Bundle;
import dev.berth.Container;
import dev.berth.ContainerException;
import dev.berth.ContainerRuntime;
import dev.berth.bench.Subject.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The subjects of a run, ready to be measured, and those that cannot be. */
final class Lineup implements AutoCloseable {
  private static final Path UNIFIED = Path.of("/sys/fs/cgroup/unified");

  private final Workspace workspace;
  private final Options options;
  private final ContainerRuntime runtime;
  private final Bundle bundle;
  private final Bundle waiting;
  private final List<Subject> subjects = new ArrayList<>();
  private final List<Absent> absent = new ArrayList<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** A subject that cannot be measured here. */
  record Absent(String name, Task task, String reason) {}

  /** Starts something that may turn out not to run on this machine. */
  private interface Starter {
    Subject start() throws IOException, InterruptedException;
  }

  Lineup(Workspace workspace, Options options) {
    this.workspace = workspace;
    this.options = options;
    this.runtime = ContainerRuntime.builder().root(workspace.state(Subject.BERTH)).build();
    this.bundle = workspace.bundle(runtime, "bundle", Workspace.TRUE);
    this.waiting = workspace.bundle(runtime, "waiting", Workspace.TRUE, "wait");
  }

  List<Subject> subjects() {
    return List.copyOf(subjects);
  }

  List<Absent> absent() {
    return List.copyOf(absent);
  }

  /** Starts whatever is to be compared, each with a round to see whether it runs. */
  void assemble() throws InterruptedException {
    addContainers(Task.CONTAINER);
    addExecs();
    add("bwrap", Task.CONTAINER, this::bubblewrap);
    addEngine("runc", List.of());
    addEngine("crun", withoutUnified());
    addCli();
    add("jvm", Task.FIRST_CONTAINER, this::newJvm);
  }

  /**
   * As many containers, created and not started, and the subjects for a second race: what a
   * container costs among them.
   */
  void assembleAmong(int others) throws InterruptedException {
    subjects.clear();
    for (int i = 0; i < others; i++) {
      opened.push(
          runtime.container(workspace.id("other-" + i)).bundle(bundle).inheritIO().create());
    }
    addContainers(Task.AMONG_OTHERS);
  }

  private void addContainers(Task task) throws InterruptedException {
    add(Subject.FLOOR, task, () -> floorOfContainer(task));
    add(
        Subject.BERTH,
        task,
        () -> new BerthContainer(task, runtime, workspace.id("berth"), bundle, options.warmup()));
  }

  private Subject floorOfContainer(Task task) throws IOException {
    Path config = bundle.directory().resolve("config.json");
    Path state = Files.createDirectories(workspace.state(Subject.FLOOR));
    return floor(
        task,
        "container",
        workspace.rootfs().toString(),
        config.toString(),
        state.toString(),
        workspace.id(Subject.FLOOR));
  }

  private void addExecs() throws InterruptedException {
    Container container =
        runtime.container(workspace.id("berth-waiting")).bundle(waiting).inheritIO().start();
    opened.push(container);
    String pid = Long.toString(container.process().pid());
    add(
        Subject.FLOOR,
        Task.EXEC,
        () -> floor(Task.EXEC, "exec", pid, runtime.root().toString(), container.id()));
    add(Subject.BERTH, Task.EXEC, () -> new BerthExec(container, options.warmup()));
  }

  private Subject floor(Task task, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(workspace.meter().toString()));
    command.addAll(List.of(arguments));
    return Meter.start(task, Subject.FLOOR, command);
  }

  private void addEngine(String program, List<String> wrapper) throws InterruptedException {
    if (Commands.isOnPath(program)) {
      addEngine(Engine.of(program, wrapper, List.of(program), workspace));
    } else {
      absent.add(new Absent(program, Task.CONTAINER, "not found in $PATH"));
    }
  }

  private void addEngine(Engine engine) throws InterruptedException {
    if (!options.compares(engine.name())) {
      return;
    }
    opened.push(engine);
    add(engine.name(), Task.CONTAINER, () -> engine.container(bundle.directory()));
    add(engine.name(), Task.EXEC, () -> engine.exec(waiting.directory()));
  }

  /** What the default configuration is in bubblewrap's options; it has no cgroups. */
  private Subject bubblewrap() throws IOException {
    List<String> command = new ArrayList<>(List.of(workspace.meter().toString(), "command"));
    command.addAll(
        List.of("bwrap", "--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts"));
    command.addAll(List.of("--hostname", "berth", "--ro-bind", workspace.rootfs().toString(), "/"));
    command.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--mqueue", "/dev/mqueue"));
    command.addAll(List.of("--ro-bind", "/sys", "/sys", "--cap-drop", "ALL"));
    command.addAll(List.of("--new-session", "--die-with-parent", Workspace.TRUE));
    return Meter.start(Task.CONTAINER, "bwrap", command);
  }

  /** crun refuses a hybrid machine unless it does not see the second version's hierarchy. */
  private static List<String> withoutUnified() {
    String hide = "umount %s && exec \"$@\"".formatted(UNIFIED);
    return Files.isDirectory(UNIFIED)
        ? List.of("unshare", "--mount", "sh", "-c", hide, "sh")
        : List.of();
  }

  /** Berth's own command line, started as {@code ./berth} starts it. */
  private void addCli() throws InterruptedException {
    Path jar = options.cli().resolve("target/berth-cli.jar");
    if (!Files.exists(jar)) {
      absent.add(new Absent("cli", Task.CONTAINER, jar + " is not built"));
      return;
    }
    List<String> command =
        List.of(
            java(),
            "@" + options.cli().resolve("jvm.options"),
            "-XX:AOTCache=" + jar.resolveSibling("berth-cli.aot"),
            "-jar",
            jar.toString());
    addEngine(Engine.of("cli", List.of(), command, workspace));
  }

  private Subject newJvm() throws IOException {
    List<String> command = new ArrayList<>(List.of(workspace.meter().toString(), "command"));
    command.addAll(List.of(java(), "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(FirstContainer.class.getName(), workspace.state("jvm").toString()));
    command.addAll(List.of(workspace.id("jvm"), bundle.directory().toString()));
    return Meter.start(Task.FIRST_CONTAINER, "jvm", command);
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private void add(String name, Task task, Starter starter) throws InterruptedException {
    if (!options.compares(name)) {
      return;
    }
    try {
      Subject subject = starter.start();
      opened.push(subject);
      subject.round();
      subjects.add(subject);
    } catch (IOException | ContainerException e) {
      absent.add(new Absent(name, task, e.getMessage()));
    }
  }

  /** Closes everything, the last first, even if something cannot be. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IOException("clean up: " + e.getMessage(), e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
