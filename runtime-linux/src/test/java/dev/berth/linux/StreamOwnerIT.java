package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Result;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose the standard streams of a program are that is not root. */
@RunsContainers
class StreamOwnerIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String REOPEN = "echo out >/dev/stdout; echo err >/dev/stderr";

  @RegisterExtension static final Containers containers = new Containers();

  private static Spec withOwnIds(Spec spec) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.add(new Namespace(Namespace.Type.USER));
    List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65_536));
    return spec.withLinux(spec.linux().withNamespaces(namespaces).withMappings(ids, ids));
  }

  private static void assertReopened(Result result) {
    assertThat(result.orThrow().output()).isEqualTo("out\n");
    assertThat(result.error()).isEqualTo("err\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1000})
  void can_open_its_pipes_again(int uid) throws Exception {
    ContainerBuilder builder = containers.shell(REOPEN).user(uid, uid);
    assertReopened(builder.run(LIMIT));
    assertReopened(builder.edit(StreamOwnerIT::withOwnIds).run(LIMIT));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1000})
  void so_can_a_further_process(int uid) throws Exception {
    ContainerBuilder builder = containers.container("sleep", "1000");
    try (Container host = builder.start();
        Container own =
            containers.container("sleep", "1000").edit(StreamOwnerIT::withOwnIds).start()) {
      for (Container running : List.of(host, own)) {
        assertReopened(running.exec("sh", "-c", REOPEN).user(uid, uid).run(LIMIT));
      }
    }
  }

  @Test
  void files_of_the_host_stay_whose_they_are() throws Exception {
    Path output = Files.createFile(containers.directory().resolve(Containers.newId()));
    Path pipe = containers.directory().resolve(Containers.newId());
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    String before = attributes(output, pipe, Path.of("/dev/null"));
    // Open for both, so that nobody waits for the other end of the pipe.
    try (RandomAccessFile keep = new RandomAccessFile(pipe.toFile(), "rw");
        Container running =
            containers
                .container("sleep", "1000")
                .user(1000, 1000)
                .redirectInput(Redirect.from(pipe.toFile()))
                .redirectOutput(Redirect.to(output.toFile()))
                .redirectError(Redirect.DISCARD)
                .start()) {
      assertThat(keep.getFD().valid()).isTrue();
      assertThat(running.exec("true").run(LIMIT).exitValue()).isZero();
      assertThat(attributes(output, pipe, Path.of("/dev/null"))).isEqualTo(before);
    }
  }

  private static String attributes(Path... files) throws IOException {
    StringBuilder attributes = new StringBuilder();
    for (Path file : files) {
      attributes.append(Files.readAttributes(file, "unix:mode,uid,gid"));
    }
    return attributes.toString();
  }
}
