package dev.berth.linux;

import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.berth.CgroupDriver;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerRuntime;
import dev.berth.linux.sys.SharedLibrary;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where systemd is asked for, and cannot be had. */
@RunsContainers
class NoSystemdIT {
  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void says_that_it_does_not_run() {
    assumeFalse(Files.exists(Path.of("/run/systemd/system")), "needs a host without systemd");
    assertThat(refusal(builder(null)))
        .isEqualTo(
            "systemd cgroups: systemd does not run here (there is no /run/systemd/system); boot with"
                + " it, or let cgroups be made without systemd");
    assertThat(runtime().containers()).isEmpty();
  }

  @Test
  void says_what_a_place_in_systemd_looks_like() {
    assertThat(refusal(builder("/web")))
        .isEqualTo(
            "linux.cgroupsPath: \"/web\" is not slice:prefix:name, as in \"system.slice:berth:web\","
                + " which it has to be where systemd makes the cgroup");
    assertThat(runtime().containers()).isEmpty();
  }

  @Test
  void says_that_a_place_in_systemd_is_no_path() {
    ContainerBuilder builder =
        containers
            .container("true")
            .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath("a.slice:berth:web")));
    assertThat(refusal(builder))
        .isEqualTo(
            "linux.cgroupsPath: \"a.slice:berth:web\" is a place in systemd, and not a path; let systemd"
                + " make the cgroup (--systemd-cgroup), or name a path");
  }

  @Test
  void finds_a_library_only_where_there_is_one() {
    assertThat(SharedLibrary.load("libberth-is-no-such-library.so.0")).isEmpty();
    SharedLibrary libc = SharedLibrary.load("libc.so.6").orElseThrow();
    assertThat(libc.call("getpid")).isEqualTo((int) ProcessHandle.current().pid());
  }

  private static ContainerRuntime runtime() {
    return ContainerRuntime.builder()
        .root(containers.directory().resolve("state"))
        .cgroupDriver(CgroupDriver.SYSTEMD)
        .build();
  }

  private static ContainerBuilder builder(String cgroupsPath) {
    return runtime()
        .container(Containers.newId())
        .rootfs(containers.root())
        .command("true")
        .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(cgroupsPath)));
  }
}
