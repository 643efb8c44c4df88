package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.berth.cli.Installation.Outcome;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Pids;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventsIT {
  /** Uses up its processor time for once, and then memory. */
  private static final String BUSY =
      "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done;"
          + " dd if=/dev/zero of=/dev/shm/f bs=1M count=8; sleep 1000";

  private static final String NO_DISK = "/data/blkio: {}";

  private static final Path RUNC = Path.of("/usr/sbin/runc");

  @RegisterExtension final Installation berth = new Installation();

  private String limited(String name, String... command) throws IOException {
    berth.command(command);
    berth.change(spec ->
        spec.withLinux(
            spec.linux()
                .withResources(
                    spec.linux()
                        .resources()
                        .withMemory(memory(64L << 20))
                        .withPids(new Pids(50L))
                        .withCpu(
                            new Cpu(null, 5_000L, null, 100_000L, null, null, null, null, null)))));
    return berth.id(name);
  }

  private static Memory memory(long limit) {
    return new Memory(limit, null, null, null, null, null, null, null, null);
  }

  @Test
  void has_the_figures_of_runc_and_pressure() throws Exception {
    assumeTrue(Files.isExecutable(RUNC), "needs runc (Debian: runc)");
    String id = limited("a", "sh", "-c", BUSY);
    assertThat(berth.berth("run", "--detach", id).status()).isZero();
    Map<String, String> ours = awaitFigures(() -> berth.berth("events", "--stats", id).out());
    berth.remove(id);
    Map<String, String> theirs = eventsOfRunc(berth.id("b"));

    // Whether anything is read from a disk is chance.
    if (ours.containsKey(NO_DISK) || theirs.containsKey(NO_DISK)) {
      ours.keySet().removeIf(path -> path.startsWith("/data/blkio"));
      theirs.keySet().removeIf(path -> path.startsWith("/data/blkio"));
    }
    TreeSet<String> missing = new TreeSet<>(theirs.keySet());
    missing.removeAll(ours.keySet());
    assertThat(missing).as("paths and types that only runc has").isEmpty();

    TreeSet<String> more = new TreeSet<>(ours.keySet());
    more.removeAll(theirs.keySet());
    more.removeIf(path -> path.contains("/psi/"));
    assertThat(more)
        .as("paths and types that only Berth has")
        .isSubsetOf("/data/cpuset/cpus/*: number", "/data/cpuset/mems/*: number");
  }

  /** What it says of the same bundle. */
  private Map<String, String> eventsOfRunc(String id) throws Exception {
    String root = berth.file("runc").toString();
    run(RUNC.toString(), "--root", root, "run", "--detach", id);
    try {
      return awaitFigures(() -> run(RUNC.toString(), "--root", root, "events", "--stats", id));
    } finally {
      run(RUNC.toString(), "--root", root, "delete", "--force", id);
    }
  }

  private String run(String... command) throws IOException, InterruptedException {
    File out = berth.file("out-of-runc").toFile();
    Process process =
        new ProcessBuilder(command)
            .directory(berth.bundle().toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out)
            .redirectError(Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    return Files.readString(out.toPath());
  }

  /** Those after the last of what the program does, as some are left out as long as they are 0. */
  private static Map<String, String> awaitFigures(Callable<String> events) throws Exception {
    while (true) {
      Map<String, String> values = values(events.call());
      if (Long.parseLong(values.getOrDefault("/data/memory/cache: number", "0")) >= 8 << 20) {
        return values;
      }
    }
  }

  /** Each value of a document, by its path and type. */
  private static Map<String, String> values(String json) throws IOException {
    Map<String, String> values = new TreeMap<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      values("", parser, values);
    }
    return values;
  }

  private static void values(String path, JsonParser json, Map<String, String> values)
      throws IOException {
    JsonToken token = json.currentToken();
    switch (token) {
      case START_OBJECT -> {
        boolean empty = true;
        while (json.nextToken() != JsonToken.END_OBJECT) {
          empty = false;
          String name = json.currentName();
          json.nextToken();
          values(path + "/" + name, json, values);
        }
        if (empty) {
          values.put(path + ": {}", "");
        }
      }
      case START_ARRAY -> {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          values(path + "/*", json, values);
        }
      }
      default -> {
        String type = token.isNumeric() ? "number" : token.toString();
        values.put(path + ": " + type, json.getText());
      }
    }
  }

  @Test
  void has_figures_of_this_container() throws Exception {
    String id = limited("a", "sh", "-c", "dd if=/dev/zero of=/dev/shm/f bs=1M count=8; sleep 1000");
    assertThat(berth.berth("run", "--detach", id).status()).isZero();
    Outcome events = berth.berth("events", "--stats", id);
    Map<String, String> values = values(events.out());

    assertThat(events.status()).isZero();
    assertThat(events.out())
        .startsWith("{\"type\":\"stats\",\"id\":\"%s\",\"data\":{".formatted(id));
    assertThat(values)
        .containsEntry("/data/memory/usage/limit: number", Long.toString(64L << 20))
        .containsEntry("/data/pids/limit: number", "50")
        .containsEntry("/data/network_interfaces: VALUE_NULL", "null");
    assertThat(Long.parseLong(values.get("/data/memory/usage/usage: number")))
        .isBetween(8L << 20, 12L << 20);
    assertThat(Long.parseLong(values.get("/data/cpu/usage/total: number"))).isPositive();
    berth.remove(id);
  }

  @Test
  void follows_a_container_until_it_stops() throws Exception {
    String id = berth.sleeping("a");
    Path out = berth.file("events");
    Process events = berth.start(out, berth.file("err"), "events", "--interval", "100ms", id);
    while (Files.readAllLines(out).size() < 3) {
      assertThat(events.isAlive()).isTrue();
      Thread.sleep(20);
    }
    berth.berth("kill", id, "KILL");

    assertThat(events.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(events.exitValue()).isZero();
    assertThat(Files.readAllLines(out))
        .allMatch(line -> line.startsWith("{\"type\":\"stats\",\"id\":\"" + id));
    assertThat(berth.berth("events", "--stats", id).err())
        .isEqualTo("container \"%s\": no events: container not running\n".formatted(id));
    berth.berth("delete", id);
  }

  @Test
  void tells_that_there_was_no_memory_left() throws Exception {
    String id = limited("a", "sh", "-c", "sleep 3; tail /dev/zero; tail /dev/zero; sleep 1000");
    assertThat(berth.berth("run", "--detach", id).status()).isZero();
    Path out = berth.file("events");
    Process events = berth.start(out, berth.file("err"), "events", "--interval", "1h", id);
    String oom = "{\"type\":\"oom\",\"id\":\"%s\"}".formatted(id);
    while (!Files.readAllLines(out).contains(oom)) {
      assertThat(events.isAlive()).isTrue();
      Thread.sleep(20);
    }
    berth.remove(id);

    assertThat(events.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readAllLines(out)).containsOnly(oom);
  }

  @Test
  void refuses_what_is_no_interval() {
    assertThat(berth.berth("events", "--interval", "0", "x"))
        .isEqualTo(new Outcome(1, "", "--interval: must be longer than 0\n"));
    assertThat(berth.berth("events", "--interval", "-1s", "x"))
        .isEqualTo(new Outcome(1, "", "--interval: must be longer than 0\n"));
    assertThat(berth.berth("events", "--interval", "5", "x").err())
        .isEqualTo(
            "events: invalid value for option '--interval': \"5\" is not a duration, such as 5s,"
                + " 500ms or 1m30s; see berth events --help\n");
    assertThat(berth.berth("events", "x"))
        .isEqualTo(new Outcome(1, "", "container \"x\": does not exist\n"));
  }
}
