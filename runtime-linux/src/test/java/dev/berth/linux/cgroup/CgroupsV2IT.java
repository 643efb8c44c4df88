package dev.berth.linux.cgroup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.core.cgroup.DeviceProgram;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.sys.Bpf;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Host;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.DeviceRule.Type;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.HugepageLimit;
import dev.berth.spec.LinuxResources.Pids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** On a hybrid host too: its tree of cgroup v2 is taken for all there is. */
@ExtendWith(LeavesNothingBehind.class)
class CgroupsV2IT {

  private static final String ID = "berth-v2-" + ProcessHandle.current().pid();

  @TempDir private Path directory;

  private MountedHierarchy unified;
  private Cgroups cgroups;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(Host.geteuid() == 0, "needs root");
    CgroupLayout layout =
        CgroupLayout.parse(
            Files.readString(Path.of("/proc/self/mountinfo")),
            Files.readString(Path.of("/proc/self/cgroup")));
    List<MountedHierarchy> found =
        layout.hierarchies().stream().filter(MountedHierarchy::isUnified).toList();
    assumeTrue(!found.isEmpty(), "needs cgroup v2 to be mounted");
    unified = found.getFirst();
    cgroups = Cgroups.open(new CgroupLayout(found));
  }

  @AfterEach
  void close() {
    if (cgroups != null) {
      cgroups.close();
    }
  }

  @Test
  void is_joined_and_killed_with_everything_in_it() throws Exception {
    Cgroup cgroup = create(null, LinuxResources.NONE);
    Files.createDirectory(cgroup.directory(unified).resolve("inside"));
    Cgroup inside = cgroup.inside(_ -> "inside");
    try (SleepingProcess one = new SleepingProcess();
        SleepingProcess two = new SleepingProcess()) {
      one.join(cgroup);
      two.join(inside);
      assertThat(cgroup.processes().pids()).containsExactlyInAnyOrder(one.pid(), two.pid());

      cgroup.processes().killAll();

      assertThat(cgroup.processes().pids()).isEmpty();
      assertThat(one.exitValue()).isEqualTo(137);
      assertThat(two.exitValue()).isEqualTo(137);
    }
    cgroup.remove();
    cgroup.processes().killAll();
  }

  @Test
  void gives_a_descriptor_to_be_cloned_into() throws Exception {
    Cgroup cgroup = create(null, LinuxResources.NONE);
    try (Fd directory = cgroup.openUnified().orElseThrow()) {
      assertThat(Path.of("/proc/self/fd/" + directory).toRealPath())
          .isEqualTo(cgroup.directory(unified));
    }
    cgroup.remove();
  }

  @Test
  void hands_a_controller_down_the_path_and_sets_the_limit() throws Exception {
    Path control = Path.of(unified.mountPoint(), "cgroup.subtree_control");
    assumeTrue(
        Files.readString(Path.of(unified.mountPoint(), "cgroup.controllers")).contains("hugetlb"),
        "needs the hugetlb controller in cgroup v2");
    boolean wasEnabled = Files.readString(control).contains("hugetlb");
    try {
      Cgroup cgroup = create(ID + "/a", hugepages());

      assertThat(Files.readString(cgroup.directory(unified).resolve("hugetlb.2MB.max")).strip())
          .isEqualTo("4194304");
      cgroup.remove();
    } finally {
      if (!wasEnabled) {
        Files.writeString(control, "-hugetlb");
      }
    }
  }

  @Test
  void refuses_a_limit_whose_controller_is_elsewhere() throws IOException {
    String available =
        Files.readString(Path.of(unified.mountPoint(), "cgroup.controllers"))
            .strip()
            .replace(" ", ", ");
    assumeTrue(!available.contains("pids"), "needs a host whose pids controller is in cgroup v1");

    assertThatThrownBy(() -> create(null, LinuxResources.NONE.withPids(new Pids(5L))))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(
            "pids limit: the pids controller is not available in cgroup v2 here (available: %s); it"
                + " may be mounted as cgroup v1, or not be delegated",
            available);
  }

  @Test
  void refuses_to_be_made_in_a_frozen_cgroup() throws Exception {
    Cgroup frozen = create(null, LinuxResources.NONE);
    Files.writeString(frozen.directory(unified).resolve("cgroup.freeze"), "1");

    assertThatThrownBy(() -> create(ID + "/inside", LinuxResources.NONE))
        .isInstanceOf(CgroupException.class)
        .hasMessage("cgroup \"/%s/inside\": frozen; thaw it, or choose another cgroup", ID);

    frozen.remove();
  }

  @Test
  void writes_files_by_name() throws Exception {
    LinuxResources resources =
        new LinuxResources(
            null, null, null, null, null, null, null, null, Map.of("cgroup.max.depth", "2"));
    Cgroup cgroup = create(null, resources);

    assertThat(Files.readString(cgroup.directory(unified).resolve("cgroup.max.depth")).strip())
        .isEqualTo("2");
    cgroup.remove();
  }

  @Test
  void lets_processes_open_the_devices_that_are_allowed_and_no_others() throws Exception {
    Path kmsg = makeNode("kmsg", "c", "1", "11");
    Path loop = makeNode("loop0", "b", "7", "0");
    Cgroup cgroup = create(null, devices(allow(Type.C, 1, 11, "r")));

    assertThat(run(cgroup, ": <> /dev/null")).isEmpty();
    assertThat(run(cgroup, ": < " + kmsg)).isEmpty();
    assertThat(run(cgroup, ": <> " + kmsg)).endsWith("Operation not permitted\n");
    assertThat(run(cgroup, ": < " + loop)).endsWith("Operation not permitted\n");
    assertThat(run(cgroup, "mknod " + directory.resolve("loop1") + " b 7 1")).isEmpty();

    cgroup.remove();
  }

  @Test
  void replaces_device_rules_by_new_ones_and_keeps_them_where_there_are_none() throws Exception {
    Path kmsg = makeNode("kmsg", "c", "1", "11");
    Path loop = makeNode("loop0", "b", "7", "0");
    Cgroup cgroup = create(null, devices(allow(Type.C, 1, 11, "r")));

    Limits.set(cgroup, LinuxResources.NONE);
    assertThat(run(cgroup, ": < " + kmsg)).isEmpty();

    Limits.set(cgroup, devices(allow(Type.A, -1, -1, "rwm")));
    assertThat(run(cgroup, ": < " + loop)).isEmpty();

    Limits.set(cgroup, devices(allow(Type.B, 7, 0, "r")));
    assertThat(run(cgroup, ": < " + loop)).isEmpty();
    assertThat(run(cgroup, ": < " + kmsg)).endsWith("Operation not permitted\n");

    cgroup.remove();
  }

  @Test
  void leaves_the_device_rules_of_others_in_force() throws Exception {
    Path kmsg = makeNode("kmsg", "c", "1", "11");
    Cgroup cgroup = create(null, devices(allow(Type.A, -1, -1, "rwm")));
    DeviceProgram nothing = DeviceProgram.of(DeviceAllowList.of(List.of()));
    try (Fd program = Bpf.load("of_others", nothing.bytes());
        Fd group = cgroup.openUnified().orElseThrow()) {
      Bpf.attach(group, program);
    }

    Limits.set(cgroup, devices(allow(Type.C, 1, 11, "r")));

    assertThat(run(cgroup, ": < " + kmsg)).endsWith("Operation not permitted\n");
    cgroup.remove();
  }

  private Cgroup create(String cgroupsPath, LinuxResources resources) throws CgroupException {
    return cgroups
        .foresee(new CgroupRequest(ID, cgroupsPath, resources, OptionalLong.empty(), Map.of()))
        .make()
        .orElseThrow()
        .cgroup();
  }

  private static LinuxResources hugepages() {
    return new LinuxResources(
        null, null, null, null, null, List.of(new HugepageLimit("2MB", 4 << 20)), null, null, null);
  }

  private static LinuxResources devices(DeviceRule... rules) {
    return LinuxResources.NONE.withDevices(List.of(rules));
  }

  private static DeviceRule allow(Type type, long major, long minor, String access) {
    return new DeviceRule(true, type, major, minor, access);
  }

  /** Makes a node that can be opened outside the cgroup. */
  private Path makeNode(String name, String type, String major, String minor) throws Exception {
    Path node = directory.resolve(name);
    String refusal = run("mknod %s %s %s %s && : < %1$s".formatted(node, type, major, minor));
    assumeTrue(refusal.isEmpty(), "needs a device " + name + " that can be opened: " + refusal);
    return node;
  }

  /** What a shell in the cgroup complains about. */
  private String run(Cgroup cgroup, String command) throws Exception {
    return run("echo 0 > %s/cgroup.procs; %s".formatted(cgroup.directory(unified), command));
  }

  private static String run(String command) throws Exception {
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
    shell.environment().put("LC_ALL", "C");
    Process process = shell.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return output;
  }
}
