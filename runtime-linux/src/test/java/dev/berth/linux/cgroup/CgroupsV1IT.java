package dev.berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.linux.sys.Host;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Pids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNothingBehind.class)
class CgroupsV1IT {

  private static final String ID = "berth-v1-" + ProcessHandle.current().pid();

  private Cgroups cgroups;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(Host.geteuid() == 0, "needs root");
    cgroups = Cgroups.open();
    assumeTrue(cgroups instanceof CgroupsV1, "needs hierarchies of cgroup v1");
  }

  @AfterEach
  void close() {
    if (cgroups != null) {
      cgroups.close();
    }
  }

  @Test
  void is_in_every_hierarchy_with_its_limits() throws Exception {
    LinuxResources resources =
        LinuxResources.NONE
            .withMemory(
                new Memory(64L << 20, 32L << 20, 96L << 20, null, null, null, null, null, null))
            .withCpu(new Cpu(512L, 50_000L, null, 100_000L, null, null, "0", null, null))
            .withPids(new Pids(32L));
    Cgroup cgroup = create(null, resources);
    try (SleepingProcess process = new SleepingProcess()) {
      process.join(cgroup);

      // A hierarchy that is mounted no more may be listed for a while.
      assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/cgroup")).lines())
          .filteredOn(line -> line.endsWith(":/" + ID))
          .hasSameSizeAs(cgroup.hierarchies());
      assertThat(read(cgroup, "memory", "memory.limit_in_bytes")).isEqualTo("67108864");
      assertThat(read(cgroup, "memory", "memory.memsw.limit_in_bytes")).isEqualTo("100663296");
      assertThat(read(cgroup, "memory", "memory.soft_limit_in_bytes")).isEqualTo("33554432");
      assertThat(read(cgroup, "cpu", "cpu.shares")).isEqualTo("512");
      assertThat(read(cgroup, "cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
      assertThat(read(cgroup, "cpuset", "cpuset.cpus")).isEqualTo("0");
      assertThat(read(cgroup, "cpuset", "cpuset.mems")).isNotEmpty();
      assertThat(read(cgroup, "pids", "pids.max")).isEqualTo("32");
      assertThat(read(cgroup, "devices", "devices.list"))
          .startsWith("c *:* m\nb *:* m\nc 1:3 rwm\n")
          .doesNotContain("a *:* rwm");
      assertThat(cgroup.processes().pids()).containsExactly(process.pid());
    }
    cgroup.remove();
  }

  @Test
  void changes_limits_whatever_order_the_kernel_needs() throws Exception {
    Cgroup cgroup = create(null, memory(64L << 20, 64L << 20));

    Limits.set(cgroup, memory(128L << 20, 128L << 20));
    assertThat(read(cgroup, "memory", "memory.limit_in_bytes")).isEqualTo("134217728");
    Limits.set(cgroup, memory(32L << 20, 32L << 20));
    assertThat(read(cgroup, "memory", "memory.memsw.limit_in_bytes")).isEqualTo("33554432");

    cgroup.remove();
  }

  @Test
  void kills_processes_also_in_cgroups_inside_and_also_frozen_ones() throws Exception {
    Cgroup cgroup = create(null, LinuxResources.NONE);
    Cgroup inside = create(ID + "/inside", LinuxResources.NONE);
    try (SleepingProcess one = new SleepingProcess();
        SleepingProcess two = new SleepingProcess()) {
      one.join(cgroup);
      two.join(inside);
      assertThat(cgroup.processes().pids()).containsExactlyInAnyOrder(one.pid(), two.pid());
      Files.writeString(file(cgroup, "freezer", "freezer.state"), "FROZEN");

      cgroup.processes().killAll();

      assertThat(cgroup.processes().pids()).isEmpty();
      assertThat(one.exitValue()).isEqualTo(137);
      assertThat(two.exitValue()).isEqualTo(137);
    }
    cgroup.remove();
  }

  @Test
  void kills_without_the_help_of_cgroup_v2() throws Exception {
    try (Cgroups v1 = Cgroups.open(onlyV1());
        SleepingProcess process = new SleepingProcess()) {
      Cgroup cgroup = v1.foresee(request(null, LinuxResources.NONE)).make().orElseThrow().cgroup();
      process.join(cgroup);

      cgroup.processes().killAll();

      assertThat(process.exitValue()).isEqualTo(137);
      cgroup.remove();
    }
  }

  @Test
  @Timeout(30)
  void kills_processes_that_have_forked_and_gone_before_a_signal_comes() throws Exception {
    try (Cgroups v1 = Cgroups.open(onlyV1())) {
      Cgroup cgroup =
          v1.foresee(request(null, LinuxResources.NONE.withPids(new Pids(2000L))))
              .make()
              .orElseThrow()
              .cgroup();
      String join =
          cgroup.hierarchies().stream()
              .map(hierarchy -> "echo $$ > " + cgroup.directory(hierarchy) + "/cgroup.procs; ")
              .collect(Collectors.joining());
      Process shell =
          new ProcessBuilder("sh", "-c", join + "hop() { (hop) & }; for i in 1 2 3 4; do hop; done")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(shell.waitFor()).isZero();
      assertThat(read(cgroup, "pids", "pids.current")).isNotEqualTo("0");

      cgroup.processes().killAll();

      assertThat(cgroup.processes().pids()).isEmpty();
      cgroup.remove();
    }
  }

  @Test
  void is_found_again_and_takes_with_it_the_parents_that_were_made_for_it() throws Exception {
    CgroupState state = create(ID + "/a/b", LinuxResources.NONE).state();
    assertThat(state.path()).isEqualTo("/" + ID + "/a/b");
    assertThat(state.made()).containsEntry("memory", "/" + ID);

    try (Cgroups later = Cgroups.open()) {
      later.find(state).remove();
      later.find(state).remove();
    }

    assertThat(Path.of("/sys/fs/cgroup/memory", ID)).doesNotExist();
  }

  @Test
  void leaves_parents_to_the_last_one_that_uses_them() throws Exception {
    Cgroup first = create(ID + "/first", LinuxResources.NONE);
    Cgroup second = create(ID + "/second", LinuxResources.NONE);

    first.remove();

    assertThat(file(second, "memory", "cgroup.procs")).exists();
    second.remove();
    assertThat(Path.of("/sys/fs/cgroup/memory", ID)).doesNotExist();
  }

  @Test
  void leaves_parents_that_somebody_else_has_made() throws Exception {
    Path mine = Path.of("/sys/fs/cgroup/memory", ID);
    Files.createDirectory(mine);

    create(ID + "/inside", LinuxResources.NONE).remove();

    assertThat(mine).exists();
    assertThat(mine.resolve("inside")).doesNotExist();
    Files.delete(mine);
  }

  @Test
  void leaves_a_cgroup_that_was_there_before() throws Exception {
    Path mine = Path.of("/sys/fs/cgroup/memory", ID);
    Files.createDirectory(mine);

    create(ID, LinuxResources.NONE).remove();

    assertThat(mine).exists();
    Files.delete(mine);
  }

  @Test
  void refuses_a_cgroup_with_processes_in_it() throws Exception {
    Cgroup cgroup = create(null, LinuxResources.NONE);
    try (SleepingProcess process = new SleepingProcess()) {
      process.join(cgroup);

      assertThatThrownBy(() -> create(null, LinuxResources.NONE))
          .isInstanceOf(CgroupException.class)
          .hasMessage(
              "cgroup \"/%s\": not empty: 1 processes; stop them, or choose another cgroup", ID);
      assertThat(cgroup.processes().pids()).containsExactly(process.pid());
    }
    cgroup.remove();
  }

  @Test
  void refuses_to_be_made_in_a_frozen_cgroup() throws Exception {
    Cgroup frozen = create(null, LinuxResources.NONE);
    Files.writeString(file(frozen, "freezer", "freezer.state"), "FROZEN");

    assertThatThrownBy(() -> create(ID + "/inside", LinuxResources.NONE))
        .isInstanceOf(CgroupException.class)
        .hasMessage("cgroup \"/%s/inside\": frozen; thaw it, or choose another cgroup", ID);

    assertThat(file(frozen, "memory", "inside")).doesNotExist();
    frozen.remove();
  }

  @Test
  void names_the_limit_that_the_kernel_refuses_and_leaves_nothing() {
    Cpu cpu = new Cpu(null, null, null, null, null, null, "x", null, null);

    assertThatThrownBy(() -> create(null, LinuxResources.NONE.withCpu(cpu)))
        .isInstanceOf(CgroupException.class)
        .hasMessage(
            "cpuset limit: write \"x\" to /sys/fs/cgroup/cpuset/%s/cpuset.cpus: EINVAL (Invalid"
                + " argument)",
            ID);
  }

  @Test
  void refuses_a_limit_whose_controller_is_not_mounted() {
    LinuxResources resources =
        new LinuxResources(
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            Map.of("mlx5_1", new LinuxResources.Rdma(1L, 1L)),
            null);

    assertThatThrownBy(() -> create(null, resources))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageMatching(
            "rdma limit: the rdma controller is not mounted \\(mounted: .*memory.*\\); mount it"
                + " below /sys/fs/cgroup");
  }

  @Test
  void says_which_processes_keep_it_from_being_removed() throws Exception {
    Cgroup cgroup = create(null, LinuxResources.NONE);
    try (SleepingProcess process = new SleepingProcess()) {
      process.join(cgroup);

      assertThatThrownBy(cgroup::remove)
          .isInstanceOf(CgroupException.class)
          .hasMessageMatching(
              "cgroup \"/%s\": remove it from /sys/fs/cgroup/.*: EBUSY \\(Device or resource busy\\);"
                      .formatted(ID)
                  + " processes in it: \\[%d\\]; kill them, or delete the container with force"
                      .formatted(process.pid()));
    }
    cgroup.remove();
  }

  private Cgroup create(String cgroupsPath, LinuxResources resources) throws CgroupException {
    return cgroups.foresee(request(cgroupsPath, resources)).make().orElseThrow().cgroup();
  }

  private static CgroupRequest request(String cgroupsPath, LinuxResources resources) {
    return new CgroupRequest(ID, cgroupsPath, resources, OptionalLong.empty(), Map.of());
  }

  private static CgroupLayout layout() throws IOException {
    return CgroupLayout.parse(
        Files.readString(Path.of("/proc/self/mountinfo")),
        Files.readString(Path.of("/proc/self/cgroup")));
  }

  private static CgroupLayout onlyV1() throws IOException {
    return new CgroupLayout(
        layout().hierarchies().stream().filter(mount -> !mount.isUnified()).toList());
  }

  private static LinuxResources memory(long limit, long swap) {
    return LinuxResources.NONE.withMemory(
        new Memory(limit, null, swap, null, null, null, null, null, null));
  }

  private static Path file(Cgroup cgroup, String controller, String name) {
    return cgroup.hierarchies().stream()
        .filter(hierarchy -> hierarchy.controllers().contains(controller))
        .map(hierarchy -> cgroup.directory(hierarchy).resolve(name))
        .findFirst()
        .orElseThrow();
  }

  private static String read(Cgroup cgroup, String controller, String name) throws IOException {
    return Files.readString(file(cgroup, controller, name)).strip();
  }
}
