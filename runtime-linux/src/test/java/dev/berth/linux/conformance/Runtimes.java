package dev.berth.linux.conformance;

import static dev.berth.linux.testing.LimitedContainers.limited;

import dev.berth.CgroupDriver;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerRuntime;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Eventually;
import dev.berth.spec.Capabilities;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** This runtime and others, with the same driver of cgroups, and what they are given. */
record Runtimes(Containers containers, CgroupDriver driver, Path directory) {

  /** Those of this machine; where one is not there, the test is skipped. */
  static Runtimes of(Containers containers, CgroupDriver driver) throws IOException {
    Path directory = Files.createTempDirectory(containers.directory(), "runtimes");
    return new Runtimes(containers, driver, directory);
  }

  OciRuntime berth() {
    return new ThisRuntime(
        ContainerRuntime.builder().root(directory.resolve("berth")).cgroupDriver(driver).build());
  }

  /**
   * runc and crun. Not crun with systemd: 1.21 hands memory and swap together to it as swap, and
   * takes no quota there.
   */
  List<OciRuntime> others() {
    return switch (driver) {
      case CGROUPFS -> List.of(other("runc"), other("crun"));
      case SYSTEMD -> List.of(other("runc"));
    };
  }

  private OciRuntime other(String name) {
    return switch (driver) {
      case CGROUPFS -> OtherRuntime.of(name, directory);
      case SYSTEMD -> OtherRuntime.of(name, directory, "--systemd-cgroup");
    };
  }

  /** All that are compared, this one first. */
  List<OciRuntime> all() {
    List<OciRuntime> all = new ArrayList<>(List.of(berth()));
    all.addAll(others());
    return all;
  }

  /** A bundle for a container with this id only, in whose name its cgroup is, too. */
  Path bundle(String id, ContainerBuilder container, String resources) {
    return containers.bundle(limited(container.edit(spec -> changed(spec, id)), resources));
  }

  /**
   * Without a mount of cgroups, for which a runtime that sees the host's takes away from the host's
   * own what it says in its options. crun finds no slice where there is none.
   */
  private Spec changed(Spec spec, String id) {
    String cgroup =
        switch (driver) {
          case CGROUPFS -> "/" + id;
          case SYSTEMD -> "system.slice:berth:" + id;
        };
    List<String> capabilities = List.of("CAP_MKNOD", "CAP_SYSLOG");
    return spec.withMounts(
            spec.mounts().stream().filter(mount -> !"cgroup".equals(mount.type())).toList())
        .withProcess(
            spec.process()
                .withCapabilities(
                    new Capabilities(
                        capabilities, capabilities, List.of(), capabilities, List.of())))
        .withLinux(spec.linux().withCgroupsPath(cgroup));
  }

  /** Kills and removes a container of any of these, and the cgroup of one that was refused. */
  void remove(OciRuntime runtime, String id) throws Exception {
    runtime.delete(id);
    Eventually.await("its cgroup can be removed", () -> isGone(Path.of("/sys/fs/cgroup", id)));
  }

  /** crun does not wait for the end of what it kills. */
  private static boolean isGone(Path cgroup) {
    try {
      Files.deleteIfExists(cgroup);
      return true;
    } catch (IOException busy) {
      return false;
    }
  }
}
