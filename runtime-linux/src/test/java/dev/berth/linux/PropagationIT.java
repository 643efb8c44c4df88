package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Mountinfo;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Capabilities;
import dev.berth.spec.LinuxSpec.Propagation;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is mounted on one side, and seen on the other: the host is a mount namespace of the test's
 * own, with one shared mount.
 */
@RunsContainers
class PropagationIT {
  private static final String WAIT = "until [ -e %s ]; do sleep 0.02; done\n";

  @RegisterExtension static final Containers containers = new Containers();

  private Path source;
  private Path state;

  @BeforeEach
  void prepare() throws IOException {
    source = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    state = Files.createDirectory(containers.directory().resolve(Containers.newId()));
  }

  @ParameterizedTest
  @CsvSource({
    "rshared,  SHARED,  1",
    "rshared,  RSHARED, 1",
    "rslave,   RSLAVE,  1",
    "'',       '',      1",
    "rprivate, '',      0",
    "private,  SHARED,  0"
  })
  void the_container_sees_what_the_host_mounts(String option, String root, String seen)
      throws Exception {
    String script =
        "touch /data/ready\n"
            + WAIT.formatted("/data/mounted")
            + "grep -c ' /data/late ' /proc/self/mountinfo; :";
    String host =
        "mkdir %1$s/late; (%2$s mount -t tmpfs late %1$s/late; touch %1$s/mounted) &"
            .formatted(source, WAIT.formatted(source + "/ready"));
    assertThat(run(host, container(script, option, root))).isEqualTo(seen);
  }

  @ParameterizedTest
  @CsvSource({
    "rshared, SHARED,  1",
    "rshared, RSLAVE,  0",
    "rshared, '',      0",
    "rslave,  RSHARED, 0"
  })
  void the_host_sees_what_the_container_mounts(String option, String root, String seen)
      throws Exception {
    Path result = state.resolveSibling(state.getFileName() + "-seen");
    String script =
        "mkdir /data/inner; mount -t tmpfs inner /data/inner; touch /data/mounted\n"
            + WAIT.formatted("/data/looked");
    String host =
        "(%3$s grep -c '%1$s/inner ' /proc/self/mountinfo > %2$s || true; touch %1$s/looked) &"
            .formatted(source, result, WAIT.formatted(source + "/mounted"));
    assertThat(run(host, container(script, option, root).edit(PropagationIT::withMountRight)))
        .isEmpty();
    assertThat(result).hasContent(seen + "\n");
  }

  /** What is made for the container is not the host's, even where its root is shared. */
  @Test
  void the_host_sees_nothing_of_the_root() throws Exception {
    Path result = state.resolveSibling(state.getFileName() + "-seen");
    Path root = source.resolve("root");
    String script = "touch /data/ready\n" + WAIT.formatted("/data/looked");
    String host =
        "cp -a %4$s %5$s; (%3$s grep -c '%5$s' /proc/self/mountinfo > %2$s || true; touch %1$s/looked) &"
            .formatted(source, result, WAIT.formatted(source + "/ready"), containers.root(), root);
    assertThat(run(host, container(script, "rshared", "RSHARED").rootfs(root))).isEmpty();
    assertThat(result).hasContent("0\n");
  }

  private ContainerBuilder container(String script, String option, String root) {
    List<String> options = option.isEmpty() ? List.of("rbind") : List.of("rbind", option);
    return containers
        .shell(script)
        .mount(new Mount("/data", "bind", source.toString(), options))
        .edit(spec ->
            spec.withLinux(
                spec.linux()
                    .withRootfsPropagation(root.isEmpty() ? null : Propagation.valueOf(root))));
  }

  private String run(String script, ContainerBuilder builder) throws IOException {
    String shared = "mount -t tmpfs shared %1$s; mount --make-shared %1$s\n".formatted(source);
    return ContainerJvm.withMounts(shared + script).run(state, containers.bundle(builder));
  }

  private static Spec withMountRight(Spec spec) {
    List<String> all = List.of("CAP_SYS_ADMIN");
    return spec.withProcess(
        spec.process().withCapabilities(new Capabilities(all, all, List.of(), all, List.of())));
  }

  @ParameterizedTest
  @EnumSource
  void the_root_has_the_propagation(Propagation propagation) throws Exception {
    ContainerBuilder builder =
        containers
            .container("cat", "/proc/self/mountinfo")
            .edit(spec -> spec.withLinux(spec.linux().withRootfsPropagation(propagation)));
    Mountinfo root = Mountinfo.parse(output(builder)).get("/");
    assertThat(root.propagation())
        .matches(
            switch (propagation) {
              case SHARED, RSHARED -> "shared:\\d+";
              case UNBINDABLE, RUNBINDABLE -> "unbindable";
              default -> ""; // nothing on this host is shared that it could be the slave of
            });
  }

  @Test
  void nothing_was_mounted_here() throws Exception {
    assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
        .doesNotContain(containers.directory().toString());
  }
}
