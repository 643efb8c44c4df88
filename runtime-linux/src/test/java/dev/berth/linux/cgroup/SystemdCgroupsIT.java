package dev.berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.cgroup.CgroupUsage;
import dev.berth.core.plan.Placement;
import dev.berth.core.systemd.SystemdUnit.Manager;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.linux.testing.Systemctl;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Pids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** As root by the systemd of the system, as another user by that of the user. */
@ExtendWith(LeavesNothingBehind.class)
class SystemdCgroupsIT {
  private static final String ID = "it-unit-" + ProcessHandle.current().pid();
  private static final String UNIT = "berth-" + ID + ".scope";

  private Cgroups cgroups;
  private CgroupMaker systemd;

  @BeforeEach
  void open() throws IOException {
    Systemctl.assumeRuns();
    cgroups = Cgroups.open();
    systemd = new SystemdCgroups(cgroups, Systemctl.ofSystem() ? Manager.SYSTEM : Manager.USER);
  }

  @AfterEach
  void close() {
    if (cgroups != null) {
      cgroups.close();
    }
  }

  @Test
  void is_where_systemd_says_with_limits_in_its_words_and_in_the_files() throws Exception {
    LinuxResources limits =
        LinuxResources.NONE
            .withMemory(memory(64L << 20, 32L << 20))
            .withCpu(new Cpu(512L, 12_345L, null, 50_000L, null, null, null, null, null))
            .withPids(new Pids(77L));
    try (SleepingProcess process = new SleepingProcess()) {
      Cgroup cgroup = start(request(null, limits), process);

      Map<String, String> unit = Systemctl.show(UNIT);
      assertThat(unit)
          .containsEntry("ActiveState", "active")
          .containsEntry("Description", "Berth container " + ID)
          .containsEntry("Slice", Systemctl.ofSystem() ? "system.slice" : "user.slice")
          .containsEntry("ControlGroup", cgroup.path().value())
          .containsEntry("Delegate", "yes")
          .containsEntry("MemoryMax", "67108864")
          .containsEntry("MemoryLow", "33554432")
          .containsEntry("CPUQuotaPerSecUSec", "250ms")
          .containsEntry("CPUQuotaPeriodUSec", "50ms")
          .containsEntry("CPUWeight", file(cgroup, "cpu.weight"))
          .containsEntry("TasksMax", "77")
          .containsEntry("DevicePolicy", Systemctl.ofSystem() ? "strict" : "auto");
      assertThat(file(cgroup, "memory.max")).isEqualTo("67108864");
      assertThat(file(cgroup, "memory.low")).isEqualTo("33554432");
      assertThat(file(cgroup, "cpu.max")).isEqualTo("12345 50000");
      assertThat(file(cgroup, "pids.max")).isEqualTo("77");
      assertThat(cgroup.processes().pids()).containsExactly(process.pid());

      Limits.set(
          cgroup,
          LinuxResources.NONE
              .withMemory(memory(96L << 20, null))
              .withPids(new Pids(33L))
              .withDevices(List.of(allowed("r"))));

      assertThat(file(cgroup, "memory.max")).isEqualTo("100663296");
      assertThat(file(cgroup, "cpu.max")).isEqualTo("12345 50000");
      assertThat(Systemctl.show(UNIT))
          .containsEntry("MemoryMax", "100663296")
          .containsEntry("MemoryLow", "33554432")
          .containsEntry("TasksMax", "33");
      if (Systemctl.ofSystem()) {
        assertThat(Systemctl.show(UNIT).get("DeviceAllow")).contains("/dev/block/8:0 r");
      }
      cgroup.processes().killAll();
      cgroup.remove();
    }
    assertThat(Systemctl.units("*" + ID + "*")).isEmpty();
  }

  @Test
  void is_removed_after_systemd_has_removed_it_and_again() throws Exception {
    Cgroup cgroup;
    try (SleepingProcess process = new SleepingProcess()) {
      cgroup = start(request(null, LinuxResources.NONE), process);
      assertThatThrownBy(cgroup::remove)
          .isInstanceOf(CgroupException.class)
          .hasMessage(
              "cgroup \"%s\": remove it: processes in it: [%d]; kill them, or delete the container with force",
              cgroup.path(), process.pid());
    }
    Eventually.await("systemd removes it", () -> !Files.exists(directory(cgroup)));
    cgroup.remove();
    cgroup.remove();
    assertThat(Systemctl.units("*" + ID + "*")).isEmpty();
  }

  @Test
  void what_was_used_is_known_after_systemd_has_removed_it() throws Exception {
    NewCgroup made = systemd.foresee(request(null, LinuxResources.NONE)).make().orElseThrow();
    Cgroup cgroup = made.cgroup();
    String loop = "read go; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
    Process process = new ProcessBuilder("sh", "-c", loop).start();
    made.place().entrance().orElseThrow().admit((int) process.pid());
    process.getOutputStream().close();
    process.waitFor();
    Eventually.await("systemd removes it", () -> !Files.exists(directory(cgroup)));

    LastUsage last = new LastUsage(cgroup);
    last.readFiles();
    CgroupUsage usage = last.read();

    assertThat(usage.user()).isEmpty();
    assertThat(usage.cpu().orElseThrow()).isGreaterThan(Duration.ofMillis(20));
    // What the process had taken before it came in does not count.
    assertThat(usage.peakMemory().orElseThrow()).isBetween(0L, 64L << 20);
    assertThat(usage.bytesWritten()).hasValue(0);
    Systemctl.awaitNoUnits("*" + ID + "*");
    assertThat(new LastUsage(cgroup).read()).isEqualTo(CgroupUsage.NONE);
    cgroup.remove();
  }

  @Test
  void is_found_by_what_was_foreseen() throws Exception {
    CgroupRequest request = request(null, LinuxResources.NONE);
    CgroupState foreseen = systemd.foresee(request).state().orElseThrow();
    try (SleepingProcess process = new SleepingProcess()) {
      Cgroup made = start(request, process);
      assertThat(made.state()).isEqualTo(foreseen);

      Cgroup found = SystemdCgroups.find(cgroups, foreseen);
      assertThat(found.processes().pids()).containsExactly(process.pid());
      found.processes().killAll();
      found.remove();
    }
    assertThat(Systemctl.units("*" + ID + "*")).isEmpty();
    SystemdCgroups.find(cgroups, foreseen).remove();
  }

  @Test
  void lies_in_slices_as_their_names_say() throws Exception {
    String slice = "ittest" + ProcessHandle.current().pid() + "-a.slice";
    String above = slice.replace("-a", "");
    try (SleepingProcess process = new SleepingProcess()) {
      Cgroup cgroup = start(request(slice + "::" + ID, LinuxResources.NONE), process);
      assertThat(cgroup.path().value()).endsWith("/" + above + "/" + slice + "/-" + ID + ".scope");
      assertThat(cgroup.processes().pids()).containsExactly(process.pid());
      cgroup.processes().killAll();
      cgroup.remove();
    }
    Systemctl.run("stop", slice, above);
  }

  @Test
  void leaves_a_unit_alone_that_somebody_else_has() throws Exception {
    CgroupRequest request = request(null, LinuxResources.NONE);
    NewCgroup late = systemd.foresee(request).make().orElseThrow();
    try (SleepingProcess one = new SleepingProcess();
        SleepingProcess two = new SleepingProcess()) {
      Cgroup first = start(request, one);
      String refusal =
          "there is one of this name already, which is active; stop it (systemctl stop %s), or choose another name in linux.cgroupsPath"
              .formatted(UNIT);
      assertThatThrownBy(() -> systemd.foresee(request))
          .isInstanceOf(CgroupException.class)
          .hasMessage("systemd: unit \"%s\": %s", UNIT, refusal);
      assertThatThrownBy(() -> late.place().entrance().orElseThrow().admit(two.pid()))
          .isInstanceOf(CgroupException.class)
          .hasMessage("systemd: start unit \"%s\": %s", UNIT, refusal);
      late.cgroup().remove();
      assertThat(first.processes().pids()).containsExactly(one.pid());
      first.processes().killAll();
      first.remove();
    }
  }

  @Test
  void takes_the_name_of_one_that_failed() throws Exception {
    Systemctl.run(
        "systemd-run", "--scope", "--unit=" + UNIT, "-p", "RuntimeMaxSec=1", "sleep", "100");
    assertThat(Systemctl.show(UNIT)).containsEntry("ActiveState", "failed");
    try (SleepingProcess process = new SleepingProcess()) {
      Cgroup cgroup = start(request(null, LinuxResources.NONE), process);
      assertThat(cgroup.processes().pids()).containsExactly(process.pid());
      cgroup.processes().killAll();
      cgroup.remove();
    }
    assertThat(Systemctl.units("*" + ID + "*")).isEmpty();
  }

  @Test
  void says_that_a_process_is_gone() throws Exception {
    int gone;
    try (SleepingProcess process = new SleepingProcess()) {
      gone = process.pid();
    }
    NewCgroup made = systemd.foresee(request(null, LinuxResources.NONE)).make().orElseThrow();
    assertThatThrownBy(() -> made.place().entrance().orElseThrow().admit(gone))
        .isInstanceOf(CgroupException.class)
        .hasMessageStartingWith("systemd: start unit \"%s\": ", UNIT);
    made.cgroup().remove();
    assertThat(Systemctl.units("*" + ID + "*")).isEmpty();
  }

  private Cgroup start(CgroupRequest request, SleepingProcess process) throws IOException {
    NewCgroup made = systemd.foresee(request).make().orElseThrow();
    assertThat(made.place().placement()).isEqualTo(Placement.BY_RUNTIME);
    made.place().entrance().orElseThrow().admit(process.pid());
    return made.cgroup();
  }

  private static CgroupRequest request(String cgroupsPath, LinuxResources resources) {
    return new CgroupRequest(ID, cgroupsPath, resources, OptionalLong.empty(), Map.of());
  }

  private static Memory memory(Long limit, Long reservation) {
    return new Memory(limit, reservation, null, null, null, null, null, null, null);
  }

  private static DeviceRule allowed(String access) {
    return new DeviceRule(true, DeviceRule.Type.B, 8L, 0L, access);
  }

  private static String file(Cgroup cgroup, String name) throws IOException {
    return Files.readString(directory(cgroup).resolve(name)).strip();
  }

  private static Path directory(Cgroup cgroup) {
    return cgroup.directory(cgroup.hierarchies().getFirst());
  }
}
