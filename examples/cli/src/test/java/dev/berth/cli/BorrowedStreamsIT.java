package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Standard input and output are open files of other programs as well, which make them non-blocking,
 * close their end, or leave them unread.
 */
@Timeout(90)
class BorrowedStreamsIT {
  private static final int LINES = 50_000;

  /** dd(1) of coreutils changes the flags of the open file, and leaves it so. */
  private static final String NONBLOCKING_OUTPUT =
      "dd oflag=nonblock bs=64k count=1 if=/dev/zero 2>/dev/null";

  /** Waits until the command has ended, or most likely waits itself. */
  private static final String PAUSE =
      "i=0; while [ $i -lt 50 ] && ! [ -e ../status ]; do sleep 0.1; i=$((i+1)); done";

  private static final String NONBLOCKING_INPUT = "dd iflag=nonblock count=0 2>/dev/null";

  @RegisterExtension final Installation berth = new Installation();

  private String id;

  @BeforeEach
  void start() throws IOException {
    id = berth.sleeping("a");
  }

  @AfterEach
  void remove() {
    berth.remove(id);
  }

  /** The arguments of an exec that prints many lines. */
  private String[] printing() {
    return new String[] {"exec", "--tty", id, "busybox", "seq", Integer.toString(LINES)};
  }

  private static String lines(String end) {
    return IntStream.rangeClosed(1, LINES)
        .mapToObj(number -> number + end)
        .collect(Collectors.joining());
  }

  @Test
  void output_that_does_not_block_loses_nothing() throws IOException {
    Outcome outcome =
        berth.shell(
            "{ %s; \"$@\"; echo $? >../status; } | { %s; tail -c +65537 >../got; }"
                .formatted(NONBLOCKING_OUTPUT, PAUSE),
            printing());
    assertThat(outcome).isEqualTo(new Outcome(0, "", ""));
    assertThat(berth.file("status")).hasContent("0");
    assertThat(Files.readString(berth.file("got"))).isEqualTo(lines("\r\n"));
  }

  @Test
  void neither_does_that_of_berth_itself() throws IOException {
    String state = berth.berth("state", id).out();
    Outcome outcome =
        berth.shell(
            "{ %s; \"$@\"; echo $? >../status; } | { %s; tail -c +65537; }"
                .formatted(NONBLOCKING_OUTPUT, PAUSE),
            "state",
            id);
    assertThat(outcome).isEqualTo(new Outcome(0, state, ""));
    assertThat(berth.file("status")).hasContent("0");
  }

  @Test
  void input_that_does_not_block_is_waited_for() throws IOException {
    Files.writeString(
        berth.file("process.json"),
        "{\"cwd\": \"/\", \"args\": [\"/bin/echo\", \"from the file\"]}");
    Outcome outcome =
        berth.shell(
            "{ %s; cat ../process.json; } | { %s; \"$@\"; s=$?; echo $s >../status; exit $s; }"
                .formatted(PAUSE, NONBLOCKING_INPUT),
            "exec",
            "--process",
            "-",
            id);
    assertThat(outcome).isEqualTo(new Outcome(0, "from the file\n", ""));
  }

  @Test
  void a_full_disk_is_an_error() {
    assertThat(berth.shell("exec \"$@\" >/dev/full", "exec", "--tty", id, "echo", "lost"))
        .isEqualTo(
            new Outcome(255, "", "standard output: write: ENOSPC (No space left on device)\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"state ID", "list", "ps ID", "events --stats ID", "--version", "--help"})
  void so_it_is_for_what_berth_itself_prints(String arguments) {
    assertThat(berth.shell("exec \"$@\" >/dev/full", arguments.replace("ID", id).split(" ")))
        .isEqualTo(
            new Outcome(1, "", "standard output: write: ENOSPC (No space left on device)\n"));
  }

  @Test
  void a_reader_that_has_seen_enough_is_none() throws IOException {
    String script = "{ sleep 1; \"$@\"; echo $? >../status; } | true";
    assertThat(berth.shell(script, "state", id)).isEqualTo(new Outcome(0, "", ""));
    assertThat(berth.file("status")).hasContent("0");
    assertThat(berth.shell(script, printing())).isEqualTo(new Outcome(0, "", ""));
    assertThat(berth.file("status")).hasContent("0");
  }

  @Test
  void events_end_with_their_reader() {
    assertThat(
            berth.shell(
                "\"$@\" | busybox head -n 1 >/dev/null", "events", "--interval", "100ms", id))
        .isEqualTo(new Outcome(0, "", ""));
  }

  @Test
  void input_that_cannot_be_read_is_an_error() {
    assertThat(berth.shell("exec \"$@\" </", "exec", "--tty", id, "cat"))
        .isEqualTo(new Outcome(255, "", "standard input: read: EISDIR (Is a directory)\n"));
  }

  @Test
  void a_reader_that_reads_nothing_does_not_hold_it_after_a_signal() throws Exception {
    Path err = berth.file("err");
    Process pipeline =
        berth.start(
            "{ { \"$@\" & } && echo $! >../pid && wait $! && true; echo $? >../status; }"
                + " | sleep 60",
            berth.file("out"),
            err,
            printing());
    try {
      Path pid = berth.file("pid");
      Installation.awaitContent(berth.file("out"), "");
      while (berth.berth("ps", "--format", "json", id).out().lastIndexOf(',') < 0) {
        Thread.sleep(50);
      }
      Thread.sleep(1000);
      assertThat(
              new ProcessBuilder("kill", "-TERM", Files.readString(pid).strip()).start().waitFor())
          .isZero();
      Installation.awaitContent(berth.file("status"), "255\n");
      assertThat(err).hasContent("standard output: the program's output is not read to its end");
    } finally {
      pipeline.descendants().forEach(ProcessHandle::destroy);
      assertThat(pipeline.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void a_terminal_for_output_alone_gets_what_the_program_printed() throws Exception {
    Path recorded = berth.file("recorded");
    Files.writeString(berth.file("script"), "stty -g; \"$@\" </dev/null; stty -g\n");
    String call =
        "sh ../script "
            + Stream.concat(
                    berth.command().stream(),
                    List.of("exec", "--tty", id, "echo", "one line").stream())
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
    Outcome outcome =
        berth.shell("shift $(($# - 1)); script -qec \"$1\" ../recorded >/dev/null", call);
    assertThat(outcome).isEqualTo(new Outcome(0, "", ""));
    List<String> lines =
        List.of(Files.readString(recorded).replaceAll("Script.*\n", "").strip().split("\n"));
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).isEqualTo("one line\r");
    assertThat(lines.get(2).strip()).isEqualTo(lines.get(0).strip());
  }
}
