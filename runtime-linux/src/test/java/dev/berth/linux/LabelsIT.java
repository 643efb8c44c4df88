package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** AppArmor profiles and SELinux labels, where the host has them, and where not. */
@RunsContainers
class LabelsIT {
  private static final String PROFILE = "berth-it";
  private static final Path PARSER = Path.of("/usr/sbin/apparmor_parser");
  private static final Path APPARMOR = Path.of("/sys/module/apparmor/parameters/enabled");
  private static final Path SELINUX = Path.of("/sys/fs/selinux/enforce");

  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void refuses_a_profile_where_there_is_no_apparmor() throws Exception {
    assumeFalse(hasApparmor(), "AppArmor is enabled here");
    assertThat(refusal(confined("docker-default")))
        .isEqualTo(
            "process.apparmorProfile: \"docker-default\" would confine nothing, since AppArmor is"
                + " not enabled on this host");
  }

  @Test
  void t09_is_confined_by_its_profile() throws Exception {
    assumeTrue(hasApparmor(), "AppArmor is not enabled on this host");
    assumeTrue(Files.isExecutable(PARSER), "needs apparmor_parser (Debian: apparmor)");
    parse("--replace");
    try (Container running = confined(PROFILE).start()) {
      assertThat(label(running.process().pid())).isEqualTo(PROFILE + " (enforce)");
      assertThat(running.exec("cat", "/proc/1/attr/current").run().orThrow().output().strip())
          .isEqualTo(PROFILE + " (enforce)");
      ContainerProcess further = running.exec("sleep", "1000").start();
      assertThat(label(further.pid())).isEqualTo(PROFILE + " (enforce)");
    } finally {
      parse("--remove");
    }
  }

  /** The image has a procfs of its own making, and nothing is mounted over it. */
  @Test
  void t09_is_confined_whatever_the_container_has_for_a_procfs() throws Exception {
    assumeTrue(hasApparmor(), "AppArmor is not enabled on this host");
    assumeTrue(Files.isExecutable(PARSER), "needs apparmor_parser (Debian: apparmor)");
    Path root = containers.newRoot();
    Path attributes = Files.createDirectories(root.resolve("proc/self/attr/apparmor"));
    Files.writeString(attributes.resolve("exec"), "");
    Files.writeString(attributes.resolveSibling("exec"), "");
    parse("--replace");
    try (Container running =
        confined(PROFILE)
            .rootfs(root)
            .edit(spec ->
                spec.withMounts(
                    spec.mounts().stream()
                        .filter(mount -> !mount.destination().equals("/proc"))
                        .toList()))
            .start()) {
      assertThat(label(running.process().pid())).isEqualTo(PROFILE + " (enforce)");
      assertThat(attributes.resolve("exec")).isEmptyFile();
    } finally {
      parse("--remove");
    }
  }

  @Test
  void refuses_a_profile_that_is_not_loaded() throws Exception {
    assumeTrue(hasApparmor(), "AppArmor is not enabled on this host");
    assertThat(refusal(confined("berth-no-such-profile")))
        .isEqualTo(
            "container \"ID\": set AppArmor profile berth-no-such-profile:"
                + " write(/proc/self/attr/exec): ENOENT (No such file or directory); no such profile"
                + " is loaded; apparmor_parser loads one");
  }

  @Test
  void ignores_a_label_where_selinux_is_disabled() throws Exception {
    assumeFalse(Files.exists(SELINUX), "SELinux is enabled here");
    ContainerBuilder labelled =
        containers
            .container("echo", "hello")
            .edit(spec ->
                spec.withProcess(
                    spec.process().withSelinuxLabel("system_u:system_r:container_t:s0:c1,c2")));
    assertThat(labelled.explain()).contains("execute echo").doesNotContain("SELinux");
    assertThat(output(labelled)).isEqualTo("hello");
  }

  private static ContainerBuilder confined(String profile) {
    return containers
        .container("sleep", "1000")
        .edit(spec -> spec.withProcess(spec.process().withApparmorProfile(profile)));
  }

  private static boolean hasApparmor() throws IOException {
    return Files.exists(APPARMOR) && Files.readString(APPARMOR).startsWith("Y");
  }

  private static String label(long pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/attr/current")).strip();
  }

  private static void parse(String option) throws Exception {
    Path file = containers.directory().resolve(PROFILE);
    Files.writeString(
        file,
        "profile %s flags=(attach_disconnected) { file, signal, network, capability, ptrace, }\n"
            .formatted(PROFILE));
    Process parser =
        new ProcessBuilder(PARSER.toString(), "--skip-cache", option, file.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(parser.getInputStream().readAllBytes());
    assertThat(parser.waitFor()).as(output).isZero();
  }
}
