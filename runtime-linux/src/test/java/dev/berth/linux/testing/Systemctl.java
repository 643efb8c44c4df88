package dev.berth.linux.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.linux.sys.Host;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What systemctl(1) says: of the system to root, of the user's own systemd to others. */
public final class Systemctl {
  private Systemctl() {}

  /** Whether systemd is process 1. */
  public static boolean runs() {
    return Files.isDirectory(Path.of("/run/systemd/system"));
  }

  /** Skips where there is no systemd to ask. */
  public static void assumeRuns() {
    assumeTrue(runs(), "needs systemd as process 1");
    Path userBus = Path.of("/run/user/" + Host.geteuid() + "/bus");
    assumeTrue(Host.geteuid() == 0 || Files.exists(userBus), "needs a bus of the user's session");
  }

  /** Whether this is about the system; else it is about the user. */
  public static boolean ofSystem() {
    return Host.geteuid() == 0;
  }

  /** Properties of a unit. */
  public static Map<String, String> show(String unit) throws IOException, InterruptedException {
    Map<String, String> properties = new TreeMap<>();
    run("show", unit)
        .lines()
        .map(line -> line.split("=", 2))
        .forEach(pair -> properties.merge(pair[0], pair[1], (one, other) -> one + " " + other));
    return properties;
  }

  /** The units whose names match, with those that failed or are over. */
  public static List<String> units(String pattern) throws IOException, InterruptedException {
    return run("list-units", "--all", "--plain", "--no-legend", pattern).lines().toList();
  }

  /** Waits until there are none: systemd unloads what nobody wants any more when it likes. */
  public static void awaitNoUnits(String pattern) throws InterruptedException {
    Eventually.await(
        "no unit " + pattern,
        () -> {
          try {
            return units(pattern).isEmpty();
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Runs it, or another of systemd's commands that goes by {@code --user}. */
  public static String run(String verb, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(verb.startsWith("systemd-") ? verb : "systemctl");
    if (!ofSystem()) {
      command.add("--user");
    }
    if (!verb.startsWith("systemd-")) {
      command.add(verb);
    }
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output.strip();
  }
}
