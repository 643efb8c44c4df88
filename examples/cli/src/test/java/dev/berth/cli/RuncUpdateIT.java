package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.cli.Installation.Outcome;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same options for a container of this runtime and for one of runc's: the same files. */
class RuncUpdateIT {
  private static final Path RUNC = Path.of("/usr/sbin/runc");
  private static final Path HIERARCHIES = Path.of("/sys/fs/cgroup");

  /** Not {@code cpu.weight}, into which runc converted shares along another curve before 1.4. */
  private static final List<String> FILES =
      List.of(
          "memory.limit_in_bytes",
          "memory.memsw.limit_in_bytes",
          "memory.soft_limit_in_bytes",
          "memory.max",
          "memory.swap.max",
          "memory.low",
          "cpu.shares",
          "cpu.cfs_quota_us",
          "cpu.cfs_period_us",
          "cpu.max",
          "cpuset.cpus",
          "cpuset.mems",
          "pids.max");

  private static final List<String> CHANGES =
      List.of(
          "--memory 64m",
          "--memory 128m --memory-swap 256m",
          "--memory 32M --memory-swap 32M --memory-reservation 8m",
          "--memory-swap -1",
          "--memory -1",
          "--memory 1.5g --memory-swap 2G",
          "--memory 100mib --memory-swap 200MB --cpu-quota 60000",
          "--cpu-quota 50000",
          "--cpu-period 50000",
          "--cpu-quota 20000 --cpu-period 20000",
          "--cpu-quota -1",
          "--cpu-share 512",
          "--cpuset-cpus 0 --cpuset-mems 0",
          "--pids-limit 33 --kernel-memory 64m",
          "--pids-limit -1",
          "");

  @RegisterExtension final Installation berth = new Installation();

  @Test
  void writes_what_runc_writes() throws Exception {
    assumeTrue(Files.isExecutable(RUNC), "needs " + RUNC);
    String ours = berth.id("ours");
    String runcs = berth.id("runcs");
    Path pidFile = berth.file("pid");
    berth.command("sleep", "1000");
    berth.change(spec -> spec.withProcess(spec.process().withRlimits(List.of())));
    assertThat(berth.berth("run", "-d", "--pid-file", pidFile.toString(), ours).status()).isZero();
    String ourPid = Files.readString(pidFile);
    runc("run", "-d", "--pid-file", pidFile.toString(), runcs);
    try {
      String runcsPid = Files.readString(pidFile);
      for (String change : CHANGES) {
        List<String> options = change.isEmpty() ? List.of() : List.of(change.split(" "));
        Outcome outcome = berth.berth(update(options, ours));
        assertThat(outcome.status()).as("%s: %s", change, outcome.err()).isZero();
        runc(update(options, runcs));
        assertThat(limits(ourPid)).as(change).isEqualTo(limits(runcsPid));
      }
    } finally {
      runc("delete", "--force", runcs);
      berth.remove(ours);
    }
  }

  private static String[] update(List<String> options, String id) {
    return Stream.of(List.of("update"), options, List.of(id))
        .flatMap(List::stream)
        .toArray(String[]::new);
  }

  private void runc(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(RUNC.toString(), "--root", berth.file("runc").toString()));
    command.addAll(List.of(args));
    Path output = berth.file("runc-output");
    Process process =
        new ProcessBuilder(command)
            .directory(berth.bundle().toFile())
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).as("%s: %s", command, Files.readString(output)).isZero();
  }

  private static Map<String, String> limits(String pid) throws IOException {
    Map<String, String> limits = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
      String[] fields = line.split(":", 3);
      for (String file : FILES) {
        Path path = HIERARCHIES.resolve(fields[1] + fields[2]).resolve(file);
        if (Files.exists(path)) {
          limits.put(file, Files.readString(path).strip());
        }
      }
    }
    assertThat(limits).containsKey("pids.max");
    return limits;
  }
}
