package dev.berth.linux.attacks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Bundle;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerException;
import dev.berth.InvalidSpecException;
import dev.berth.UnsupportedFeatureException;
import dev.berth.core.spec.SpecWriter;
import dev.berth.linux.testing.ConfigMutator;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.HostCanary;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Configurations that are wrong in a few places: each runs, or is refused in words, and nothing is
 * left of it. For more, and others: {@code -Dberth.fuzz.configs=100000 -Dberth.fuzz.seed=7}.
 */
@RunsContainers
class MutatedConfigIT {
  private static final int CONFIGS = Integer.getInteger("berth.fuzz.configs", 300);
  private static final long SEED = Long.getLong("berth.fuzz.seed", 1);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** Of what is left out with a warning, there would be hundreds. */
  private static final Logger LOG = Logger.getLogger("dev.berth");

  @RegisterExtension static final Containers containers = new Containers();

  @RegisterExtension final HostCanary canary = new HostCanary();

  @ParameterizedTest
  @EnumSource
  void runs_or_is_refused_and_leaves_nothing(Privilege privilege) throws Exception {
    Path root = privilege.owning(containers.newRoot());
    ContainerBuilder good =
        privilege
            .given(containers.container("true").rootfs(root).writable())
            .bind(canary.directory(), "/mnt/volume");
    Path bundle = containers.bundle(good);
    Path config = bundle.resolve("config.json");
    String text = SpecWriter.write(good.spec());
    ConfigMutator mutator = new ConfigMutator(SEED);
    int run = 0;
    LOG.setLevel(Level.OFF);
    try {
      for (int i = 0; i < CONFIGS; i++) {
        Files.write(config, mutator.mutate(text).getBytes(UTF_8));
        run += runs(bundle) ? 1 : 0;
      }
    } catch (RuntimeException | Error e) {
      throw new AssertionError(Files.readString(config), e);
    } finally {
      LOG.setLevel(null);
    }
    System.out.printf("%s: %d of %d run%n", privilege, run, CONFIGS);
    assertThat(run).as("that run").isBetween(1, CONFIGS - 1);
  }

  private static boolean runs(Path bundle) throws Exception {
    boolean ran = false;
    try {
      containers.runtime().container(Containers.newId()).bundle(Bundle.open(bundle)).run(LIMIT);
      ran = true;
    } catch (ContainerException | InvalidSpecException | UnsupportedFeatureException refused) {
      assertThat(refused).message().isNotBlank();
    }
    assertThat(containers.runtime().containers()).isEmpty();
    assertThat(ProcessHandle.current().children()).isEmpty();
    return ran;
  }
}
