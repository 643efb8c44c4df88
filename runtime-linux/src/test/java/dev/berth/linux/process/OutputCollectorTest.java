package dev.berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Ending;
import dev.berth.Result;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class OutputCollectorTest {

  private static final List<String> COMMAND = List.of("sh");
  private OpenFiles before;

  @BeforeEach
  void remember_what_is_open() throws Exception {
    EventLoop.shared();
    before = OpenFiles.now();
  }

  @AfterEach
  void nothing_more_is_open() throws Exception {
    before.awaitNoMore();
  }

  private static Runnable unexpected() {
    return () -> {
      throw new AssertionError("killed");
    };
  }

  @Test
  void keeps_both_outputs_and_the_exit_value() throws Exception {
    LinuxContainerProcess process = Spawn.shell("cat; echo grüße; echo wrong >&2; exit 4");
    Result result = new OutputCollector(process, OutputLimit.DEFAULT).await(COMMAND, unexpected());
    assertThat(result)
        .isEqualTo(
            new Result(
                "test",
                COMMAND,
                4,
                new Ending.Exited(4),
                Optional.empty(),
                "grüße\n",
                "wrong\n",
                0,
                0,
                process.usage().orElseThrow()));
  }

  @Test
  void large_outputs_do_not_wait_for_each_other() throws Exception {
    Result result =
        new OutputCollector(
                Spawn.shell("head -c 3000000 /dev/zero >&2; head -c 2000000 /dev/zero"),
                new OutputLimit(2_000_000))
            .await(COMMAND, Duration.ofMinutes(1), unexpected());
    assertThat(result.error()).hasSize(2_000_000);
    assertThat(result.errorDropped()).isEqualTo(1_000_000);
    assertThat(result.output()).hasSize(2_000_000);
    assertThat(result.outputDropped()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0, '', 10",
    "1, a, 9",
    "2, a, 9",
    "3, aü, 7",
    "5, aü, 7",
    "6, aü€, 4",
    "7, aü€, 4",
    "9, aü€, 4",
    "10, aü€𝄞, 0"
  })
  void no_character_is_cut(int limit, String output, long dropped) throws Exception {
    Result result =
        new OutputCollector(Spawn.shell("printf 'aü€𝄞'"), new OutputLimit(limit))
            .await(COMMAND, unexpected());
    assertThat(result.output()).isEqualTo(output);
    assertThat(result.outputDropped()).isEqualTo(dropped);
  }

  @Test
  void the_message_of_a_failure_says_what_was_dropped_of_its_reason() throws Exception {
    Result result =
        new OutputCollector(Spawn.shell("echo one >&2; echo two >&2; exit 4"), new OutputLimit(5))
            .await(COMMAND, unexpected());
    assertThat(result.error()).isEqualTo("one\nt");
    assertThatThrownBy(result::orThrow)
        .hasMessage(
            "container \"test\": \"sh\" exited with 4; 3 bytes of its standard error were dropped:"
                + " raise outputLimit");
  }

  @Test
  void the_message_of_a_failure_has_no_line_without_an_end() throws Exception {
    Result result =
        new OutputCollector(
                Spawn.shell("head -c 500000 /dev/zero | tr '\\0' x >&2; exit 4"),
                OutputLimit.DEFAULT)
            .await(COMMAND, unexpected());
    assertThatThrownBy(result::orThrow)
        .hasMessage("container \"test\": \"sh\" exited with 4: " + "x".repeat(1000) + "…");
  }

  @Test
  void a_process_that_takes_too_long_is_killed() throws Exception {
    LinuxContainerProcess process = Spawn.shell("echo begun; exec sleep 100");
    Result result =
        new OutputCollector(process, OutputLimit.DEFAULT)
            .await(COMMAND, Duration.ofMillis(300), process::destroyForcibly);
    assertThat(result.timedOut()).isTrue();
    assertThat(result.exitValue()).isEqualTo(137);
    assertThat(result.output()).isEqualTo("begun\n");
  }

  @Test
  void an_interrupt_kills_the_process() throws Exception {
    LinuxContainerProcess process = Spawn.shell("exec sleep 100");
    OutputCollector collector = new OutputCollector(process, OutputLimit.DEFAULT);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> collector.await(COMMAND, process::destroyForcibly))
        .isInstanceOf(InterruptedException.class);
    assertThat(process.waitFor()).isEqualTo(137);
  }
}
