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
    Result result = new OutputCollector(process).await(COMMAND, unexpected());
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
                process.usage().orElseThrow()));
  }

  @Test
  void large_outputs_do_not_wait_for_each_other() throws Exception {
    Result result =
        new OutputCollector(Spawn.shell("head -c 3000000 /dev/zero >&2; head -c 2000000 /dev/zero"))
            .await(COMMAND, Duration.ofMinutes(1), unexpected());
    assertThat(result.error()).hasSize(3_000_000);
    assertThat(result.output()).hasSize(2_000_000);
  }

  @Test
  void a_process_that_takes_too_long_is_killed() throws Exception {
    LinuxContainerProcess process = Spawn.shell("echo begun; exec sleep 100");
    Result result =
        new OutputCollector(process)
            .await(COMMAND, Duration.ofMillis(300), process::destroyForcibly);
    assertThat(result.timedOut()).isTrue();
    assertThat(result.exitValue()).isEqualTo(137);
    assertThat(result.output()).isEqualTo("begun\n");
  }

  @Test
  void an_interrupt_kills_the_process() throws Exception {
    LinuxContainerProcess process = Spawn.shell("exec sleep 100");
    OutputCollector collector = new OutputCollector(process);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> collector.await(COMMAND, process::destroyForcibly))
        .isInstanceOf(InterruptedException.class);
    assertThat(process.waitFor()).isEqualTo(137);
  }
}
