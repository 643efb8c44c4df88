package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a runtime lacks that is root in a container, say, is named, and not only an errno. */
@RunsContainers
@Timeout(120)
class MissingPrivilegeIT {
  private static final int UID = 1000;

  @RegisterExtension static final Containers containers = new Containers();

  private static ContainerJvm user;
  private static Path state;

  @BeforeAll
  static void prepare() throws IOException {
    user = ContainerJvm.of(UID, containers.directory().resolve("classes"));
    state = Files.createDirectory(containers.directory().resolve("lacking"));
    Files.setAttribute(state, "unix:uid", UID);
  }

  @Test
  void the_capability_to_make_namespaces() throws Exception {
    ContainerJvm lacking = asRoot("exec setpriv --bounding-set=-sys_admin \"$@\"");
    assertThat(run(lacking, containers.container("true")))
        .startsWith(
            "container \"ID\": fork, with new namespaces: mount, uts, ipc, pid, network: clone3: EPERM"
                + " (Operation not permitted);"
                + " CLONE_NEWNS|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_NEWNET requires"
                + " CAP_SYS_ADMIN, which the runtime lacks, as root in a container does; ");
  }

  @Test
  void the_capability_to_set_device_rules() throws Exception {
    assumeTrue(!LimitedContainers.isV2(), "needs the device controller of cgroup v1");
    assertThat(run("sys_admin", containers.container("true")))
        .endsWith(
            "devices.deny: EPERM (Operation not permitted); to change device rules in cgroup v1"
                + " requires CAP_SYS_ADMIN in the first user namespace, and a cgroup can allow only"
                + " what the one that it lies in allows");
  }

  @Test
  void the_capability_to_map_root() throws Exception {
    List<IdMapping> root = List.of(new IdMapping(0, 0, 1));
    ContainerBuilder builder =
        containers
            .container("true")
            .edit(RootlessIT::withoutGroupOfTerminals)
            .edit(spec -> UserNamespaceIT.withUserNamespace(spec, root));
    assertThat(run("setfcap", builder))
        .contains("map ids: write \"0 0 1\" to uid_map: EPERM (Operation not permitted); ")
        .contains("requires CAP_SETFCAP, which the runtime lacks");
  }

  @Test
  void a_number_of_namespaces() throws Exception {
    ContainerJvm none = asRoot("echo 0 >/proc/sys/user/max_net_namespaces; exec \"$@\"");
    assertThat(run(none, containers.container("true")))
        .contains("clone3: ENOSPC (No space left on device); user.max_net_namespaces is 0; set it");
  }

  /** One of a user who is root in a user namespace; {@code script} executes it. */
  private static ContainerJvm asRoot(String script) {
    return user.within(
        "unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", script, "sh");
  }

  /** What a JVM of root without this capability says. */
  private static String run(String capability, ContainerBuilder builder) throws IOException {
    ContainerJvm lacking =
        ContainerJvm.withEnvironment("BERTH_TEST", "1")
            .within("setpriv", "--bounding-set=-" + capability, "--inh-caps=-" + capability);
    return run(lacking, containers.directory().resolve("roots"), builder);
  }

  private static String run(ContainerJvm jvm, ContainerBuilder builder) throws IOException {
    return run(jvm, state, builder);
  }

  private static String run(ContainerJvm jvm, Path root, ContainerBuilder builder)
      throws IOException {
    return jvm.run(root, containers.bundle(builder)).replaceAll("it-\\d+-\\d+", "ID");
  }
}
