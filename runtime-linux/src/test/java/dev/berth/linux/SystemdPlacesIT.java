package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerException;
import dev.berth.ContainerProcess;
import dev.berth.ContainerRuntime;
import dev.berth.Limits;
import dev.berth.linux.sys.Host;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.linux.testing.Systemctl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where systemd makes the cgroup that {@code linux.cgroupsPath} names. */
@ExtendWith(LeavesNothingBehind.class)
class SystemdPlacesIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Path RUNC = Path.of("/usr/sbin/runc");

  /** What all slices of this test lie in. */
  private static final String OUTER = "ittest" + ProcessHandle.current().pid();

  @RegisterExtension static final Containers containers = new Containers();

  private static ContainerRuntime runtime;

  @BeforeAll
  static void prepare() {
    runtime = containers.runtimeOfSystemd();
  }

  /** systemd leaves slices where they are. */
  @AfterEach
  void stopSlices() throws Exception {
    if (runtime != null) {
      Systemctl.run("stop", OUTER + ".slice");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "system.slice:it:NAME",
        ":it:NAME",
        "user.slice:it:NAME",
        "-.slice:it:NAME",
        "OUTER.slice::NAME",
        "OUTER-a-b.slice:it:NAME",
        "OUTER.slice:it-and:more.of-NAME_1",
        "OUTER.slice:it:NAME\\x2b",
      })
  void is_where_runc_has_it(String pattern) throws Exception {
    assumeTrue(Host.geteuid() == 0, "needs root");
    assumeTrue(Files.isExecutable(RUNC), "needs runc (Debian: runc)");
    String id = Containers.newId();
    String place = pattern.replace("NAME", id.replace("-", "")).replace("OUTER", OUTER);
    // A cgroup2 that runc mounts takes nsdelegate from that of the host, which has the same root.
    ContainerBuilder builder =
        sleeping(id, place)
            .edit(spec ->
                spec.withMounts(
                    spec.mounts().stream().filter(each -> !"cgroup".equals(each.type())).toList()));
    String ours;
    try (Container container = builder.create()) {
      ours = cgroupOf(container.process().pid());
    }
    Path bundle = containers.bundle(builder);
    Path pid = bundle.resolve("pid");
    runc("--systemd-cgroup", "create", "--bundle", "" + bundle, "--pid-file", "" + pid, id);
    String theirs = cgroupOf(Long.parseLong(Files.readString(pid)));
    runc("delete", "--force", id);
    assertThat(ours).isEqualTo(theirs);
  }

  /** systemd puts an underscore before what could be taken for a file of the kernel's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "OUTER.slice:memory.it:NAME",
        "OUTER.slice:_it:NAME",
        "OUTER-_a.slice:pids.x.y:NAME"
      })
  void is_where_systemd_has_it(String pattern) throws Exception {
    String id = Containers.newId();
    String place = pattern.replace("NAME", id).replace("OUTER", OUTER);
    String[] parts = place.split(":", -1);
    String unit = parts[1] + "-" + id + ".scope";
    try (Container container = sleeping(id, place).create()) {
      String cgroup = cgroupOf(container.process().pid());
      assertThat(cgroup).endsWith("/_" + unit);
      assertThat(Systemctl.show(unit)).containsEntry("ControlGroup", cgroup);
    }
    assertThat(Systemctl.units(unit)).isEmpty();
  }

  @Test
  void a_slice_is_a_unit_with_limits_that_hold_and_goes_with_the_container() throws Exception {
    ThisUser.requireCgroups();
    String slice = OUTER + "-box.slice";
    ContainerProcess first;
    try (Container box =
        sleeping(Containers.newId(), OUTER + ".slice:it:" + slice)
            .limits(Limits.NONE.memory(64 << 20).pids(20))
            .start()) {
      first = box.process();
      String cgroup = cgroupOf(first.pid());
      assertThat(cgroup).endsWith("/" + OUTER + ".slice/" + slice);
      assertThat(Systemctl.show(slice))
          .containsEntry("ControlGroup", cgroup)
          .containsEntry("ActiveState", "active")
          .containsEntry("MemoryMax", "67108864")
          .containsEntry("TasksMax", "20");
      assertThat(file(cgroup, "memory.max")).isEqualTo("67108864");
      assertThat(box.exec("cat", "/proc/self/cgroup").run(LIMIT).orThrow().output())
          .contains("0::" + cgroup + "\n");

      box.update(Limits.NONE.pids(30));
      assertThat(file(cgroup, "pids.max")).isEqualTo("30");
      assertThat(Systemctl.show(slice)).containsEntry("TasksMax", "30");
      box.pause();
      assertThat(file(cgroup, "cgroup.freeze")).isEqualTo("1");
      box.resume();
      assertThat(box.stats().pids().usage()).hasValue(1);
    }
    assertThat(first.usage().orElseThrow().cpu()).isPositive();
    assertThat(Systemctl.units(slice)).isEmpty();
  }

  @Test
  void a_slice_that_somebody_uses_is_left_alone() throws Exception {
    ThisUser.requireCgroups();
    String slice = OUTER + "-box.slice";
    String other = Containers.newId();
    try (Container box = sleeping(Containers.newId(), OUTER + ".slice:it:" + slice).create()) {
      assertThatThrownBy(() -> sleeping(other, OUTER + ".slice:it:" + slice).create())
          .isInstanceOf(ContainerException.class)
          .hasMessage(
              "container \"%s\": systemd: unit \"%s\": there is one of this name already, which is active; stop it (systemctl stop %s), or choose another name in linux.cgroupsPath",
              other, slice, slice);
      assertThat(box.process().isAlive()).isTrue();
    }
    assertThat(Systemctl.units(slice)).isEmpty();
  }

  /** systemd puts processes only into what is delegated, and a slice is not. */
  @Test
  void a_slice_is_refused_to_a_user_in_a_session() throws Exception {
    assumeTrue(
        Host.geteuid() != 0 && !ThisUser.isDelegated(), "needs a user in no cgroup of his own");
    String slice = OUTER + "-box.slice";
    assertThatThrownBy(() -> sleeping(Containers.newId(), ":it:" + slice).create())
        .isInstanceOf(ContainerException.class)
        .hasMessageContaining("/%s\": put process ".formatted(slice))
        .hasMessageEndingWith(
            ": EACCES (Permission denied); uid %d has none there; run in one that is delegated to it,"
                + " as by systemd-run --user --scope -p Delegate=yes COMMAND, or name one in"
                + " linux.cgroupsPath",
            Host.geteuid());
    assertThat(Systemctl.units(slice)).isEmpty();
  }

  private static ContainerBuilder sleeping(String id, String place) {
    return Containers.seeingCgroups(
        runtime
            .container(id)
            .rootfs(containers.root())
            .command("sleep", "1000")
            .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(place))));
  }

  private static void runc(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(RUNC.toString()));
    command.addAll(List.of(arguments));
    int status =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    assertThat(status).isZero();
  }

  private static String cgroupOf(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
        .filter(line -> line.startsWith("0::"))
        .map(line -> line.substring(3))
        .findFirst()
        .orElseThrow();
  }

  private static String file(String cgroup, String name) throws IOException {
    return Files.readString(Path.of("/sys/fs/cgroup" + cgroup, name)).strip();
  }
}
