package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.berth.core.spec.SpecReader;
import dev.berth.core.spec.SpecWriter;
import dev.berth.spec.Mount;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * All commands on a container whose cgroup systemd makes, as root or as a user; runc is told the
 * same, and the same is seen. The commands run in this JVM: to start one for each takes long where
 * there is a systemd to test with.
 */
class SystemdCommandsIT {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final Path RUNC = Path.of("/usr/sbin/runc");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final boolean IS_ROOT = Files.isWritable(Path.of("/proc/sys/kernel/hostname"));

  /** What is seen of a container from its creation to its end. */
  private static final List<String> STORY =
      List.of(
          "create: 0",
          "unit: active, in it init",
          "state: created",
          "start: 0",
          "state: running",
          "exec in the container's cgroup: true, 7",
          "ps: 1",
          "update: 0",
          "limits: 67108864 of memory, 33 processes; of the unit 67108864, 33",
          "events: 67108864, 33",
          "pause: 0",
          "state: paused",
          "resume: 0",
          "state: running",
          "kill: 0",
          "state: stopped",
          "delete: 0",
          "unit: gone",
          "run: 0",
          "state: running",
          "delete: 0",
          "unit: gone",
          "run: 3",
          "unit: gone");

  private Path directory;

  /** A command line that ends with an exit status. */
  private interface Tool {
    int call(Path out, String... args) throws IOException, InterruptedException;
  }

  @BeforeEach
  void prepare() throws IOException {
    assumeTrue(Files.isDirectory(Path.of("/run/systemd/system")), "needs systemd as process 1");
    assumeTrue(Files.isExecutable(BUSYBOX), "needs " + BUSYBOX);
    directory = Files.createTempDirectory("berth-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String name : List.of("bin", "dev", "etc", "proc", "sys", "tmp", "out")) {
      Files.createDirectories(bundle().resolve("rootfs").resolve(name));
    }
    Files.copy(BUSYBOX, bundle().resolve("rootfs/bin/busybox"));
    for (String applet : List.of("sh", "cat", "sleep")) {
      Files.createSymbolicLink(bundle().resolve("rootfs/bin").resolve(applet), Path.of("busybox"));
    }
  }

  @AfterEach
  void clean() throws IOException {
    if (directory != null) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  @Test
  void does_what_runc_does() throws Exception {
    assertThat(story(this::berth)).isEqualTo(STORY);
    assumeTrue(Files.isExecutable(RUNC), "needs " + RUNC);
    assertThat(story(this::runc)).isEqualTo(STORY);
  }

  private List<String> story(Tool tool) throws Exception {
    String id = "it-%d".formatted(ProcessHandle.current().pid());
    List<String> story = new ArrayList<>();
    Story told = new Story(tool, id, story);
    write(id, "sleep", "1000");
    told.call("create", "--bundle", bundle().toString(), id);
    told.unit();
    told.state();
    told.call("start", id);
    told.state();
    told.exec();
    told.ps();
    told.call("update", "--memory", "67108864", "--pids-limit", "33", id);
    told.limits();
    told.events();
    told.call("pause", id);
    told.state();
    told.call("resume", id);
    told.state();
    told.call("kill", "--all", id, "KILL");
    told.awaitStop();
    told.call("delete", id);
    told.noUnit();
    told.call("run", "--detach", "--bundle", bundle().toString(), id);
    told.state();
    told.call("delete", "--force", id);
    told.noUnit();
    write(id, "sh", "-c", "exit 3");
    told.call("run", "--bundle", bundle().toString(), id);
    told.noUnit();
    return story;
  }

  /** The configuration that the tool's {@code spec} writes, with a program of its own. */
  private void write(String id, String... args) throws IOException {
    Path config = bundle().resolve("config.json");
    Files.deleteIfExists(config);
    List<String> options = new ArrayList<>(List.of("spec", "--bundle", bundle().toString()));
    if (!IS_ROOT) {
      options.add("--rootless");
    }
    assertThat(berth(directory.resolve("out"), options.toArray(String[]::new))).isZero();
    Spec spec = SpecReader.read(config).orThrow(AssertionError::new);
    List<Mount> mounts = new ArrayList<>(spec.mounts());
    // A cgroup2 that runc mounts takes nsdelegate from that of the host, which has the same root.
    mounts.removeIf(mount -> "cgroup".equals(mount.type()));
    Spec changed =
        spec.withMounts(mounts)
            .withProcess(spec.process().withTerminal(false).withArgs(List.of(args)))
            .withRoot(new Root(spec.root().path(), false))
            .withLinux(spec.linux().withCgroupsPath(":it:" + id));
    Files.writeString(config, SpecWriter.write(changed));
  }

  private int berth(Path out, String... args) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of("--root", directory.resolve("root").toString(), "--systemd-cgroup"));
    all.addAll(List.of(args));
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (PrintStream to = new PrintStream(Files.newOutputStream(out), true, "UTF-8")) {
      int status =
          new Berth(to, new PrintStream(err, true, "UTF-8")).execute(all.toArray(String[]::new));
      assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
      return status;
    }
  }

  private int runc(Path out, String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                RUNC.toString(),
                "--root",
                directory.resolve("runc").toString(),
                "--systemd-cgroup"));
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(out.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
        .waitFor();
  }

  private Path bundle() {
    return directory.resolve("bundle");
  }

  /** Tells what is seen. */
  private final class Story {
    private final Tool tool;
    private final String id;
    private final List<String> told;

    Story(Tool tool, String id, List<String> told) {
      this.tool = tool;
      this.id = id;
      this.told = told;
    }

    void call(String... args) throws Exception {
      told.add(args[0] + ": " + tool.call(directory.resolve("out"), args));
    }

    private String output(String... args) throws Exception {
      Path out = directory.resolve("out");
      assertThat(tool.call(out, args)).as("%s", List.of(args)).isZero();
      return Files.readString(out);
    }

    void unit() throws Exception {
      Map<String, String> unit = unitProperties();
      long pid = Long.parseLong(value(output("state", id), "pid"));
      String own = unified(Path.of("/proc/" + pid + "/cgroup"));
      told.add(
          "unit: %s, in it %s"
              .formatted(
                  unit.get("ActiveState"),
                  unit.get("ControlGroup").equals(own) ? "init" : "not init, which is in " + own));
    }

    void noUnit() throws Exception {
      told.add(
          "unit: "
              + (systemctl("list-units", "--all", "--plain", "--no-legend", "it-" + id + "*")
                      .isBlank()
                  ? "gone"
                  : "there"));
    }

    void state() throws Exception {
      told.add("state: " + value(output("state", id), "status"));
    }

    void awaitStop() throws Exception {
      for (Instant end = Instant.now().plus(PATIENCE);
          !value(output("state", id), "status").equals("stopped")
              && Instant.now().isBefore(end); ) {
        Thread.sleep(20);
      }
      state();
    }

    void exec() throws Exception {
      int status =
          tool.call(
              directory.resolve("out"),
              "exec",
              id,
              "sh",
              "-c",
              "cat /proc/self/cgroup >/out/cgroup; exit 7");
      Path written = bundle().resolve("rootfs/out/cgroup");
      String seen = unified(written);
      Files.delete(written);
      boolean isThere = seen.equals("/") || seen.equals(unitProperties().get("ControlGroup"));
      told.add("exec in the container's cgroup: %s, %d".formatted(isThere, status));
    }

    void ps() throws Exception {
      told.add("ps: " + output("ps", "--format", "json", id).split(",").length);
    }

    void limits() throws Exception {
      Map<String, String> unit = unitProperties();
      Path cgroup = Path.of("/sys/fs/cgroup" + unit.get("ControlGroup"));
      told.add(
          "limits: %s of memory, %s processes; of the unit %s, %s"
              .formatted(
                  Files.readString(cgroup.resolve("memory.max")).strip(),
                  Files.readString(cgroup.resolve("pids.max")).strip(),
                  unit.get("MemoryMax"),
                  unit.get("TasksMax")));
    }

    void events() throws Exception {
      String stats = output("events", "--stats", id);
      told.add(
          "events: %s, %s"
              .formatted(
                  at(stats, "data", "memory", "usage", "limit"),
                  at(stats, "data", "pids", "limit")));
    }

    private Map<String, String> unitProperties() throws Exception {
      Map<String, String> properties = new TreeMap<>();
      systemctl("show", "it-" + id + ".scope")
          .lines()
          .map(line -> line.split("=", 2))
          .forEach(pair -> properties.merge(pair[0], pair[1], (one, other) -> one + other));
      return properties;
    }
  }

  private static String systemctl(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("systemctl", IS_ROOT ? "--system" : "--user"));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private static String unified(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("0::"))
        .map(line -> line.substring(3))
        .findFirst()
        .orElseThrow();
  }

  private static String value(String json, String name) throws IOException {
    return at(json, name);
  }

  /** The value at the end of the path of names. */
  private static String at(String json, String... path) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token != JsonToken.FIELD_NAME) {
          continue;
        }
        boolean isNext = parser.currentName().equals(path[depth]);
        JsonToken value = parser.nextToken();
        if (isNext && ++depth == path.length) {
          return parser.getText();
        }
        if (!isNext && value.isStructStart()) {
          parser.skipChildren();
        }
      }
    }
    throw new AssertionError("no %s in %s".formatted(List.of(path), json));
  }
}
