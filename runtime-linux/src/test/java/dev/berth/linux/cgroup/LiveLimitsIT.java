package dev.berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.linux.sys.Host;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.spec.LinuxResources;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits of a cgroup that has processes, with either version. */
@ExtendWith(LeavesNothingBehind.class)
class LiveLimitsIT {

  private static final String ID = "berth-live-" + ProcessHandle.current().pid();

  private Cgroups cgroups;
  private Cgroup cgroup;
  private SleepingProcess process;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(Host.geteuid() == 0, "needs root");
    cgroups = Cgroups.open();
    LinuxResources all =
        LimitedContainers.resources(
            """
            {"memory": {"limit": 67108864, "swap": 67108864}, "pids": {"limit": 100},
             "cpu": {"quota": 50000, "period": 100000, "burst": 50000, "idle": 0}}
            """);
    cgroup =
        cgroups
            .foresee(new CgroupRequest(ID, "/" + ID, all, OptionalLong.empty(), Map.of()))
            .make()
            .orElseThrow()
            .cgroup();
    process = new SleepingProcess();
    process.join(cgroup);
  }

  @AfterEach
  void remove() throws IOException {
    if (cgroup != null) {
      process.close();
      cgroup.remove();
      cgroups.close();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          # limits that bound each other, both up and both down
          {"memory": {"limit": 134217728, "swap": 134217728}}  | 134217728, 134217728
          {"memory": {"limit": 33554432, "swap": 33554432}}    | 33554432, 33554432
          {"memory": {"limit": 134217728, "swap": 268435456}}  | 134217728, 268435456
          {"memory": {"limit": 33554432, "swap": 134217728}}   | 33554432, 134217728
          {"memory": {"limit": -1}}                            | max, max
          {"memory": {"limit": -1, "swap": -1}}                | max, max
          """)
  void memory_and_swap_change_together(String json, String expected) throws Exception {
    Limits.set(cgroup, LimitedContainers.resources(json));

    assertThat(memoryAndSwap()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          # quota, period and burst after it
          {"cpu": {"quota": 20000, "burst": 20000}}                   | 20000 100000 20000
          {"cpu": {"quota": 80000, "burst": 80000}}                   | 80000 100000 80000
          {"cpu": {"quota": 80000}}                                   | 80000 100000 50000
          {"cpu": {"period": 200000}}                                 | 50000 200000 50000
          {"cpu": {"burst": 0}}                                       | 50000 100000 0
          {"cpu": {"quota": 10000, "burst": 0}}                       | 10000 100000 0
          """)
  void quota_period_and_burst_change_together(String json, String expected) throws Exception {
    Limits.set(cgroup, LimitedContainers.resources(json));

    assertThat(bandwidth()).isEqualTo(expected);
  }

  @Test
  void shares_come_back_after_idleness() throws Exception {
    Limits.set(cgroup, LimitedContainers.resources("{\"cpu\": {\"idle\": 1}}"));

    assertThatThrownBy(
            () -> Limits.set(cgroup, LimitedContainers.resources("{\"cpu\": {\"shares\": 2048}}")))
        .hasMessageMatching(
            "cpu limit: write \"\\d+\" to \\S+/cpu.(shares|weight): EINVAL \\(Invalid argument\\);"
                + " an idle cgroup has none; set cpu.idle to 0");
    LinuxResources busy = LimitedContainers.resources("{\"cpu\": {\"shares\": 2048, \"idle\": 0}}");
    Limits.set(cgroup, busy);

    assertThat(contents(busy)).containsExactly("0", isV2() ? "174" : "2048");
  }

  @Test
  void less_memory_than_is_in_use_is_refused_if_that_is_asked_for() throws Exception {
    LinuxResources less =
        LimitedContainers.resources(
            "{\"memory\": {\"limit\": 1048576, \"checkBeforeUpdate\": true}}");
    String use = isV2() ? "memory.current" : "memory.usage_in_bytes";
    Process hoarder = hoarder();
    try {
      Eventually.await("memory is in use", () -> Long.parseLong(content(use)) > 4_000_000);

      assertThatThrownBy(() -> Limits.set(cgroup, less))
          .isInstanceOf(CgroupException.class)
          .hasMessageMatching(
              "cgroup \"/%s\": linux.resources.memory.limit: 1048576 is less than the \\d{7,} bytes in use, and checkBeforeUpdate is set"
                  .formatted(ID));
      assertThat(memoryAndSwap()).isEqualTo("67108864, 67108864");
    } finally {
      cgroup.processes().killAll();
      hoarder.waitFor();
    }
  }

  /** Joins the cgroup, and then takes some memory. */
  private Process hoarder() throws IOException {
    String join =
        cgroup.hierarchies().stream()
            .map(hierarchy -> "echo $$ > " + cgroup.directory(hierarchy) + "/cgroup.procs; ")
            .collect(Collectors.joining());
    return new ProcessBuilder(
            "sh", "-c", join + "x=$(head -c 4000000 /dev/zero | tr '\\0' x); sleep 1000")
        .inheritIO()
        .start();
  }

  @Test
  void says_what_it_would_write_and_what_is_there() throws Exception {
    LinuxResources pids = LimitedContainers.resources("{\"pids\": {\"limit\": 7}}");

    assertThat(cgroup.writes(pids)).containsExactly(new CgroupWrite("pids", "pids.max", "7"));
    assertThat(contents(pids)).containsExactly("100");
  }

  private String memoryAndSwap() throws IOException {
    if (!isV2()) {
      return Stream.of("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
          .map(this::content)
          .map(bytes -> bytes.equals("9223372036854771712") ? "max" : bytes)
          .reduce((limit, both) -> limit + ", " + both)
          .orElseThrow();
    }
    String limit = content("memory.max");
    String swap = content("memory.swap.max");
    return swap.equals("max")
        ? limit + ", max"
        : limit + ", " + (Long.parseLong(limit) + Long.parseLong(swap));
  }

  private String bandwidth() {
    return isV2()
        ? content("cpu.max") + " " + content("cpu.max.burst")
        : "%s %s %s"
            .formatted(
                content("cpu.cfs_quota_us"),
                content("cpu.cfs_period_us"),
                content("cpu.cfs_burst_us"));
  }

  private List<String> contents(LinuxResources resources) throws CgroupException {
    return cgroup.writes(resources).stream().map(CgroupWrite::file).map(this::content).toList();
  }

  private String content(String file) {
    try {
      String controller = file.substring(0, file.indexOf('.'));
      return new LiveContents(cgroups, cgroup.path()).read(controller, file).orElseThrow().strip();
    } catch (CgroupException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isV2() {
    return LimitedContainers.isV2();
  }
}
