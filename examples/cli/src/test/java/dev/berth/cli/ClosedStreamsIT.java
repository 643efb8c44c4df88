package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The standard streams of a container when {@code berth} was started with some of them closed. */
@Timeout(300)
class ClosedStreamsIT {
  private static final List<String> NAMES = List.of("in", "out", "err");
  private static final List<String> CLOSE = List.of("<&-", ">&-", "2>&-");

  /** Writes device and inode of each stream. */
  private static final String LOOK =
      "exec 3<&0 4>&1 5>&2; (for n in 3 4 5; do busybox stat -L -c %d:%i /proc/self/fd/$n; done)"
          + " >/report";

  @RegisterExtension final Installation berth = new Installation();

  @BeforeEach
  void make_files() throws IOException {
    for (String name : NAMES) {
      Files.writeString(berth.file(name), name);
    }
    berth.command("sh", "-c", LOOK);
    berth.change(ClosedStreamsIT::writable);
  }

  static Stream<List<Integer>> closed() {
    return IntStream.range(1, 8)
        .mapToObj(set -> IntStream.range(0, 3).filter(n -> (set >> n & 1) == 1).boxed().toList());
  }

  /** The script opens them before there is a JVM. */
  @ParameterizedTest
  @MethodSource("closed")
  void t55_closed_streams_are_empty(List<Integer> closed) throws Exception {
    List<String> command = Checkout.make(berth.file("checkout")).command(berth.root());
    String call = " \"$@\"" + redirections(closed);
    String script =
        "export JAVA_HOME='%s'; set -- \"$@\" run %s;"
                .formatted(System.getProperty("java.home"), berth.id("a"))
            + call;
    assertThat(berth.shell(command, script).status()).isZero();
    assertThat(report()).isEqualTo(expected(closed));
  }

  /** Where something else starts the JVM. */
  @ParameterizedTest
  @MethodSource("closed")
  void t55_without_the_script_they_are_empty_or_refused(List<Integer> closed) throws Exception {
    String script = "exec \"$@\"" + redirections(closed);
    for (String verb : List.of("run", "create")) {
      Outcome outcome = berth.shell(script, verb, berth.id("a"));
      if (outcome.status() == 0) {
        if (verb.equals("create")) {
          assertThat(berth.berth("start", berth.id("a")).status()).isZero();
          berth.awaitStatus(berth.id("a"), "stopped");
          berth.remove(berth.id("a"));
        }
        assertThat(report()).isEqualTo(expected(closed));
      } else {
        assertThat(closed.getFirst()).isLessThan(2);
        assertThat(berth.rootfs().resolve("report")).doesNotExist();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("closed")
  void t55_nor_does_an_exec_get_a_file_of_the_jvm(List<Integer> closed) throws Exception {
    berth.command("sleep", "1000");
    berth.change(ClosedStreamsIT::writable);
    assertThat(berth.berth("run", "--detach", berth.id("a")).status()).isZero();
    Outcome outcome =
        berth.shell("exec \"$@\"" + redirections(closed), "exec", berth.id("a"), "sh", "-c", LOOK);
    if (outcome.status() == 0) {
      assertThat(report()).isEqualTo(expected(closed));
    } else {
      assertThat(outcome.status()).isEqualTo(255);
      assertThat(closed.getFirst()).isLessThan(2);
    }
    berth.remove(berth.id("a"));
  }

  /** Keys that nobody has pressed. */
  @Test
  void t55_nothing_of_the_jvm_is_typed_at_a_terminal() throws Exception {
    berth.command("sh", "-c", "cat >/report");
    berth.change(spec -> writable(spec).withProcess(spec.process().withTerminal(true)));
    assertThat(berth.shell("exec \"$@\" <&-", "run", berth.id("a")).status()).isZero();
    assertThat(berth.rootfs().resolve("report")).isEmptyFile();
  }

  @Test
  void t55_nothing_of_the_jvm_is_read_as_a_process() throws Exception {
    String id = berth.sleeping("a");
    assertThat(berth.shell("exec \"$@\" <&-", "exec", "--process", "-", id))
        .isEqualTo(new Outcome(255, "", "process file \"-\": standard input is closed\n"));
    berth.remove(id);
  }

  /** Below 3 the JVM's files are at numbers that the caller left out, and so may one at 3 be. */
  @Test
  void t55_nor_as_a_descriptor_that_was_announced() throws Exception {
    assertThat(berth.shell("exec \"$@\" 2>&- 3>&-", "run", "--preserve-fds", "1", berth.id("a")))
        .extracting(Outcome::status)
        .isEqualTo(1);
    assertThat(berth.rootfs().resolve("report")).doesNotExist();
  }

  private static Spec writable(Spec spec) {
    return spec.withRoot(new Root("rootfs", false));
  }

  private String redirections(List<Integer> closed) {
    StringBuilder all = new StringBuilder();
    for (int number = 0; number < 3; number++) {
      String open = number + (number == 0 ? "<" : ">>") + berth.file(NAMES.get(number));
      all.append(' ').append(closed.contains(number) ? CLOSE.get(number) : open);
    }
    return all.toString();
  }

  private List<String> report() throws IOException {
    Path report = berth.rootfs().resolve("report");
    List<String> lines = Files.readAllLines(report);
    Files.delete(report);
    return lines;
  }

  private List<String> expected(List<Integer> closed) throws IOException {
    List<String> expected = new ArrayList<>();
    for (int number = 0; number < 3; number++) {
      Path file = closed.contains(number) ? Path.of("/dev/null") : berth.file(NAMES.get(number));
      expected.add(
          Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino"));
    }
    return expected;
  }
}
