package dev.berth.linux.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Bundle;
import dev.berth.Container;
import dev.berth.Result;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Docker, containerd, Podman, Buildah and others have written does run. */
@RunsContainers
class RecordedConfigurationsIT {
  private static final Path CORPUS = Path.of("../runtime-core/src/test/resources/corpus");

  @RegisterExtension static final Containers containers = new Containers();

  private static Container pod;

  static List<Path> configurations() throws IOException {
    try (Stream<Path> files = Files.list(CORPUS)) {
      return files.sorted().toList();
    }
  }

  @BeforeAll
  static void start_the_pod() {
    pod = containers.container("sleep", "1000").start();
  }

  @AfterAll
  static void stop_the_pod() {
    pod.close();
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void runs(Path file) throws Exception {
    String id = Containers.newId();
    Path directory = Files.createDirectory(containers.directory().resolve(id + "-recreated"));
    Spec spec = RecordedConfiguration.read(file, directory, pod.process().pid()).recreated(id);
    Bundle bundle = Bundle.create(directory.resolve("bundle"), spec);

    Result result =
        containers.runtime().container(id).bundle(bundle).run(Duration.ofSeconds(20)).orThrow();

    User user = Objects.requireNonNull(spec.process()).user();
    int filter = spec.linux().seccomp() == null ? 0 : 2;
    assertThat(result.output().strip())
        .isEqualTo("ran as %d:%d, Seccomp: %d".formatted(user.uid(), user.gid(), filter));
  }
}
