package dev.berth.linux.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.InheritingJvm;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a container gets for standard streams from a JVM that was started with some of them closed.
 * Such a JVM opens its own files at these numbers, {@code lib/modules} of the JDK first, and the
 * program one of its own.
 */
@RunsContainers
@Timeout(120)
class StandardStreamsIT {
  private static final List<String> FILES = List.of("in", "out", "err");
  private static final List<String> CLOSE = List.of("<&-", ">&-", "2>&-");
  private static final Path NULL = Path.of("/dev/null");

  @RegisterExtension final Workspace workspace = new Workspace();

  @BeforeEach
  void make_files() throws IOException {
    for (String file : List.of("in", "out", "err", "secret")) {
      Files.writeString(workspace.file(file), file);
    }
  }

  static Stream<List<Integer>> closed() {
    return IntStream.range(0, 8)
        .mapToObj(set -> IntStream.range(0, 3).filter(n -> (set >> n & 1) == 1).boxed().toList());
  }

  @ParameterizedTest
  @MethodSource("closed")
  void t55_a_program_gets_no_file_that_the_caller_has_not_passed(List<Integer> closed)
      throws Exception {
    for (String verb : List.of("run", "create", "exec")) {
      List<String> got = operate(verb, closed);
      if (got.isEmpty()) {
        // Above a closed one, nobody can tell whose a file is; below, it is the caller's.
        assertThat(refusal())
            .contains(" this program's own: descriptor ")
            .endsWith("start it with descriptors 0, 1 and 2 open, for example </dev/null");
        assertThat(closed.getFirst()).isLessThan(2);
      } else {
        assertThat(got).as(verb).isEqualTo(expected(closed));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("closed")
  void t55_nor_as_a_further_descriptor(List<Integer> closed) throws Exception {
    List<String> got = operate("descriptors", closed);
    if (closed.isEmpty()) {
      assertThat(got).isEqualTo(expected(closed));
    } else {
      assertThat(got).isEmpty();
      assertThat(refusal()).contains(": descriptor " + closed.getFirst() + ": ");
    }
  }

  @ParameterizedTest
  @MethodSource("closed")
  void t55_a_hook_gets_a_state_and_a_pipe(List<Integer> closed) throws Exception {
    List<String> got = operate("hooks", closed);
    assertThat(got).hasSize(6 * FILES.size());
    for (int line = 0; line < got.size(); line++) {
      assertThat(got.get(line)).startsWith(line % 3 == 0 ? "/memfd:state" : "pipe:[");
    }
  }

  /** What the container has got, one a line; empty if it was refused. */
  private List<String> operate(String verb, List<Integer> closed) throws Exception {
    Path report = workspace.rootfs().resolve("report");
    Files.deleteIfExists(report);
    List<String> command = new ArrayList<>(List.of("sh", "-c", script(closed), "sh"));
    command.addAll(
        ChildJvm.command(
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            InheritingJvm.class,
            List.of(
                workspace.file("").toString(),
                workspace.rootfs().toString(),
                verb,
                workspace.id("a"))));
    ChildJvm.output(ChildJvm.start(command), 50);
    return Files.exists(report) ? Files.readAllLines(report) : List.of();
  }

  private String script(List<Integer> closed) {
    StringBuilder script = new StringBuilder("exec \"$@\"");
    for (int number = 0; number < 3; number++) {
      String open = number + (number == 0 ? "<" : ">>") + workspace.file(FILES.get(number));
      script.append(' ').append(closed.contains(number) ? CLOSE.get(number) : open);
    }
    return script.toString();
  }

  private String refusal() throws IOException {
    return Files.readString(workspace.rootfs().resolve("refused"));
  }

  private List<String> expected(List<Integer> closed) throws IOException {
    List<String> expected = new ArrayList<>();
    for (int number = 0; number < 3; number++) {
      Path file = closed.contains(number) ? NULL : workspace.file(FILES.get(number));
      expected.add(
          Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino"));
    }
    return expected;
  }
}
