package dev.berth.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What figures depend on besides the programs.
 *
 * @param governor of the first processor's frequency, or why it is not known
 * @param cgroups the version or versions that are mounted
 * @param loadBefore the load averages when the run began
 * @param peers the versions of what Berth is compared with
 */
record Machine(
    String kernel,
    String processor,
    int processors,
    String governor,
    String cgroups,
    String jdk,
    String loadBefore,
    Map<String, String> peers) {
  private static final Path GOVERNOR =
      Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");

  static Machine here() throws IOException {
    return new Machine(
        System.getProperty("os.version") + " " + System.getProperty("os.arch"),
        processorModel(),
        Runtime.getRuntime().availableProcessors(),
        Files.exists(GOVERNOR) ? Files.readString(GOVERNOR).strip() : "not known",
        cgroupVersions(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
        load(),
        peerVersions());
  }

  /** The load averages of one, five and fifteen minutes. */
  static String load() throws IOException {
    String[] fields = Files.readString(Path.of("/proc/loadavg")).split(" ");
    return String.join(" ", List.of(fields).subList(0, 3));
  }

  private static String processorModel() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      Optional<String> model = lines.filter(line -> line.startsWith("model name")).findFirst();
      return model.map(line -> line.substring(line.indexOf(':') + 2)).orElse("not known");
    }
  }

  private static String cgroupVersions() {
    if (Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"))) {
      return "2";
    }
    return Files.isDirectory(Path.of("/sys/fs/cgroup/unified")) ? "1 and 2 (hybrid)" : "1";
  }

  private static Map<String, String> peerVersions() throws IOException {
    Map<String, String> versions = new LinkedHashMap<>();
    for (String peer : List.of("runc", "crun", "bwrap")) {
      if (Commands.isOnPath(peer)) {
        versions.put(peer, Commands.firstLine(List.of(peer, "--version")));
      }
    }
    return versions;
  }
}
