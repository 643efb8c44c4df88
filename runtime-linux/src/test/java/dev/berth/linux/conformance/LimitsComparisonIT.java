package dev.berth.linux.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Bundle;
import dev.berth.Container;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Disk;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.LinuxResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same limits, set by this runtime, by runc and by crun: every file of the cgroup that can be
 * written says the same, but for what is listed here. With cgroup v2 alone, where no runtime has
 * its own idea of where cgroups lie.
 */
@RunsContainers
class LimitsComparisonIT {
  private static final Path TREE = Path.of("/sys/fs/cgroup");

  /** Not limits: who is in it, what it does with memory now, when to tell somebody. */
  private static final String OTHERS =
      "cgroup\\.(procs|threads|type|subtree_control|freeze|kill|pressure)|memory\\.(reclaim|peak)"
          + "|memory\\.swap\\.peak|.*\\.pressure|cpuset\\.cpus\\.exclusive";

  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void needs_others() {
    assumeTrue(LimitedContainers.isV2(), "needs cgroup v2 alone");
  }

  /** Limits, and the files in which the other runtimes differ; why, is said beside. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          # linux.resources, differences from runc, differences from crun
          {"memory": {"limit": 67108864}}                                         | -          | -
          {"memory": {"limit": 67108864, "swap": 67108864, "reservation": 1048576}} | -        | -
          {"memory": {"limit": 67108864, "swap": 100663296, "swappiness": 60}}    | -          | -
          {"memory": {"limit": -1, "swap": -1}}                                   | -          | -
          {"memory": {"limit": -1}}                                               | -          | -
          {"memory": {"limit": 67108864, "disableOOMKiller": true, "kernel": 1048576}} | -     | -
          {"cpu": {"shares": 2}}                                                  | -          | -
          {"cpu": {"shares": 512}}                                                | cpu.weight | -
          {"cpu": {"shares": 262144}}                                             | -          | -
          {"cpu": {"quota": 50000}}                                               | -          | -
          {"cpu": {"quota": 50000, "period": 200000}}                             | -          | -
          {"cpu": {"period": 50000}}                                              | -          | -
          {"cpu": {"quota": -1}}                                                  | -          | -
          {"cpu": {"quota": 50000, "burst": 20000}}                               | -          | -
          {"cpu": {"idle": 1}}                                                    | -          | -
          {"cpu": {"cpus": "0", "mems": "0"}}                                     | -          | -
          {"pids": {"limit": 20}}                                                 | -          | -
          {"pids": {"limit": -1}}                                                 | -          | -
          {"blockIO": {"weight": 500}}                                            | -          | -
          {"blockIO": {"throttleReadBpsDevice": [DISK], "throttleWriteIOPSDevice": [DISK]}} | - | -
          {"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]}             | -          | -
          {"unified": {"memory.high": "33554432", "memory.oom.group": "1"}}       | -          | -
          """)
  void are_in_the_same_files(String json, String fromRunc, String fromCrun) throws Exception {
    String id = Containers.newId();
    LinuxResources resources =
        LimitedContainers.resources(json.replace("DISK", Disk.any().json("rate", 1048576)));
    Path bundle = bundle(id, resources);
    Map<String, String> ours = berths(id, bundle);
    Map<String, String> runcs = others("runc", id, bundle);
    Map<String, String> cruns = others("crun", id, bundle);

    assertThat(differences(ours, runcs)).as("%s\n%s", ours, runcs).isEqualTo(list(fromRunc));
    assertThat(differences(ours, cruns)).as("%s\n%s", ours, cruns).isEqualTo(list(fromCrun));
  }

  private static List<String> list(String files) {
    return files.equals("-") ? List.of() : List.of(files.split(" "));
  }

  private static Path bundle(String id, LinuxResources limits) {
    return Bundle.create(
            containers.directory().resolve(id),
            containers
                .container("sleep", "1000")
                .edit(spec ->
                    spec.withLinux(
                        spec.linux()
                            .withCgroupsPath("/" + id)
                            .withResources(limits.withDevices(spec.linux().resources().devices()))))
                .spec())
        .directory();
  }

  private static Map<String, String> berths(String id, Path bundle) throws IOException {
    try (Container _ = containers.runtime().container(id).bundle(bundle).create()) {
      return limits(TREE.resolve(id));
    }
  }

  private static Map<String, String> others(String runtime, String id, Path bundle)
      throws Exception {
    String root = containers.directory().resolve(runtime).toString();
    run(runtime, "--root", root, "create", "--bundle", bundle.toString(), id);
    try {
      return limits(TREE.resolve(id));
    } finally {
      run(runtime, "--root", root, "delete", "--force", id);
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assumeTrue(
        Stream.of("/usr/bin", "/usr/sbin")
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, command[0]))),
        "needs " + command[0]);
    Path output = Files.createTempFile(containers.directory(), "output", "");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).as(() -> text(output)).isZero();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Map<String, String> limits(Path cgroup) throws IOException {
    Map<String, String> limits = new TreeMap<>();
    try (Stream<Path> files = Files.list(cgroup)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (Files.isRegularFile(file)
            && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_WRITE)
            && !name.matches(OTHERS)) {
          limits.put(name, Files.readString(file).strip());
        }
      }
    }
    return limits;
  }

  /**
   * The files that say something else; what only one has, as it enables more controllers, is not.
   */
  private static List<String> differences(Map<String, String> ours, Map<String, String> others) {
    List<String> differences = new ArrayList<>();
    ours.forEach((file, content) -> {
      if (!content.equals(others.get(file))) {
        differences.add(file);
      }
    });
    return differences;
  }
}
