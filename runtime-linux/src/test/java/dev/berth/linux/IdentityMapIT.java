package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import dev.berth.spec.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Containers made in a user namespace that maps every id to itself: nothing in its maps tells it
 * from the first one, and no capability in it counts for devices.
 */
@RunsContainers
@Timeout(120)
class IdentityMapIT {
  @RegisterExtension static final Containers containers = new Containers();

  private static ContainerJvm jvm;
  private static Path state;

  @BeforeAll
  static void prepare() throws IOException {
    jvm = ContainerJvm.withMounts("").within(TestProgram.get("identity").toString());
    state = Files.createDirectory(containers.directory().resolve("identity"));
  }

  @Test
  void runs_the_default_configuration_with_devices_of_the_host() throws Exception {
    String script =
        "id -u; cat /proc/self/uid_map; ls -l /dev/null | cut -c 1; head -c 2 /dev/zero | wc -c";
    assertThat(run(containers.shell(script)))
        .isEqualToNormalizingWhitespace("0 0 0 4294967295 c 2");
  }

  @Test
  void has_a_user_namespace_in_it() throws Exception {
    List<IdMapping> inner = List.of(new IdMapping(0, 100_000, 1000));
    ContainerBuilder builder =
        containers
            .shell("cat /proc/self/uid_map; head -c 2 /dev/zero | wc -c")
            .edit(spec -> UserNamespaceIT.withUserNamespace(spec, inner));
    assertThat(run(builder)).isEqualToNormalizingWhitespace("0 100000 1000 2");
  }

  /** In the first user namespace: as in a service of systemd with {@code PrivateDevices=yes}. */
  @Test
  void devices_are_the_hosts_for_root_that_may_make_none() throws Exception {
    ContainerJvm without =
        ContainerJvm.withMounts("").within("setpriv", "--bounding-set=-mknod", "--inh-caps=-mknod");
    assertThat(run(without, containers.shell("head -c 2 /dev/zero | wc -c; id -u")))
        .isEqualToNormalizingWhitespace("2 0");
  }

  private static String run(ContainerBuilder builder) throws IOException {
    return run(jvm, builder);
  }

  private static String run(ContainerJvm jvm, ContainerBuilder builder) throws IOException {
    String output = jvm.run(state, containers.bundle(builder));
    assertThat(state).isEmptyDirectory();
    return output.replaceAll("it-\\d+-\\d+", "ID");
  }
}
