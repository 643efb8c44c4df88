package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A container's own session keyring, as {@code /proc/keys} has it; keyrings(7). */
@RunsContainers
class KeyringIT {
  private static final Path KEYS = Path.of("/proc/keys");

  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void there_are_keys() {
    assumeTrue(Files.exists(KEYS), "this kernel has no keys (CONFIG_KEYS)");
  }

  @Test
  void has_a_session_keyring_of_its_own() throws Exception {
    try (Container running = container("sleep", "1000").start()) {
      String name = "_ses." + running.id();
      assertThat(keyrings(name)).singleElement().asString().contains(" 3f1b0000 ");
      assertThat(running.exec("cat", "/proc/keys").run().orThrow().output()).contains(name);
    }
  }

  @Test
  void shares_it_with_its_further_processes() throws Exception {
    try (Container running = container("sleep", "1000").start()) {
      ContainerProcess further = running.exec("sleep", "1000").start();
      assertThat(further.isAlive()).isTrue();
      assertThat(keyrings("_ses." + running.id())).hasSize(1);
    }
  }

  @Test
  void has_the_runtimes_if_told_so() throws Exception {
    try (Container running = container("sleep", "1000").inheritKeyring().start()) {
      ContainerProcess further = running.exec("sleep", "1000").start();
      assertThat(further.isAlive()).isTrue();
      assertThat(keyrings("_ses." + running.id())).isEmpty();
    }
  }

  @Test
  void has_one_in_a_user_namespace_and_as_another_user() throws Exception {
    ContainerBuilder builder =
        container("sleep", "1000")
            .edit(spec ->
                UserNamespaceIT.withUserNamespace(spec, List.of(new IdMapping(0, 100_000, 65_536))))
            .edit(spec ->
                spec.withProcess(spec.process().withUser(new User(1000, 1000, null, List.of()))));
    try (Container running = builder.start()) {
      String name = "_ses." + running.id();
      String keys = running.exec("cat", "/proc/keys").run().orThrow().output();
      assertThat(keys.lines().filter(line -> line.contains(name))).hasSize(1);
    }
  }

  private static ContainerBuilder container(String... command) {
    return containers
        .container(command)
        .edit(spec -> spec.withLinux(spec.linux().withMaskedPaths(List.of())));
  }

  private static List<String> keyrings(String name) throws IOException {
    return Files.readAllLines(KEYS).stream().filter(line -> line.contains(name + ":")).toList();
  }
}
