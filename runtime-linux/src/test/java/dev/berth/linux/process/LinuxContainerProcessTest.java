package dev.berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.ContainerException;
import dev.berth.Ending;
import dev.berth.Signal;
import dev.berth.Usage;
import dev.berth.linux.sys.PidfdInfoTest;
import dev.berth.linux.sys.Processes;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LinuxContainerProcessTest {

  @ParameterizedTest
  @CsvSource({
    "exit 0, 0",
    "exit 3, 3",
    "exit 255, 255",
    "kill -KILL $$, 137",
    "kill -SEGV $$, 139",
  })
  void the_exit_value_is_the_status_or_128_and_the_signal(String script, int exitValue)
      throws Exception {
    LinuxContainerProcess process = Spawn.shell(script);
    assertThat(process.waitFor()).isEqualTo(exitValue);
    assertThat(process.exitValue()).isEqualTo(exitValue);
    assertThat(process.isAlive()).isFalse();
    assertThat(process)
        .hasToString(
            "process %s of container \"test\", exit value %s".formatted(process.pid(), exitValue));
  }

  @Test
  void a_running_process_has_no_exit_value_yet() throws Exception {
    LinuxContainerProcess process = Spawn.shell("read line");
    assertThat(process.isAlive()).isTrue();
    assertThat(process.usage()).isEmpty();
    assertThatThrownBy(process::exitValue)
        .isInstanceOf(IllegalThreadStateException.class)
        .hasMessage("process has not exited");
    assertThat(process.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
    process.getOutputStream().close();
    assertThat(process.waitFor(Duration.ofSeconds(10))).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
  }

  @Test
  void destroy_sends_SIGTERM() throws Exception {
    LinuxContainerProcess process = Spawn.shell("trap 'exit 7' TERM; echo; read line");
    assertThat(process.inputReader().readLine()).isEmpty();
    assertThat(process.supportsNormalTermination()).isTrue();
    process.destroy();
    assertThat(process.waitFor()).isEqualTo(7);
  }

  @Test
  void destroyForcibly_sends_SIGKILL_and_does_nothing_after_the_end() throws Exception {
    LinuxContainerProcess process = Spawn.shell("trap '' TERM; echo; read line");
    assertThat(process.inputReader().readLine()).isEmpty();
    process.destroy();
    assertThat(process.destroyForcibly()).isSameAs(process);
    assertThat(process.waitFor()).isEqualTo(137);
    process.destroy();
    process.destroyForcibly();
  }

  @Test
  void onExit_runs_what_depends_on_it_where_it_may_wait() throws Exception {
    LinuxContainerProcess process = Spawn.shell("read line");
    CompletableFuture<Thread> thread = process.onExit().thenApply(_ -> Thread.currentThread());
    CompletableFuture<Process> cancelled = process.onExit();
    cancelled.cancel(true);
    process.getOutputStream().close();
    assertThat(thread.get().isVirtual()).isTrue();
    assertThat(process.onExit().get()).isSameAs(process);
  }

  @Test
  void usage_counts_the_children_that_were_waited_for() throws Exception {
    LinuxContainerProcess process =
        Spawn.shell("sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; :");
    assertThat(process.waitFor()).isZero();
    Usage usage = process.usage().orElseThrow();
    assertThat(usage.user()).isGreaterThan(Duration.ofMillis(20));
  }

  @Test
  void largest_resident_set_is_the_programs_own_or_not_known() throws Exception {
    LinuxContainerProcess small = Spawn.shell("exit 0");
    small.waitFor();
    assertThat(small.usage().orElseThrow().largestResident()).isEmpty();

    long more = Processes.getrusage().maxResidentKib() * 1024 + (100 << 20);
    LinuxContainerProcess large =
        Spawn.shell("head -c %s /dev/zero | tail -n 1 > /dev/null".formatted(more));
    large.waitFor();
    assertThat(large.usage().orElseThrow().largestResident().getAsLong()).isBetween(more, 2 * more);
  }

  @Test
  void the_wall_time_is_that_of_the_program() throws Exception {
    LinuxContainerProcess process = Spawn.shell("read line");
    Thread.sleep(200);
    long start = System.nanoTime();
    process.programStarts();
    process.getOutputStream().close();
    process.waitFor();
    Duration sinceTheStart = Duration.ofNanos(System.nanoTime() - start);
    assertThat(process.usage().orElseThrow().wall()).isLessThanOrEqualTo(sinceTheStart);
  }

  @Test
  void the_handle_outlives_the_process() throws Exception {
    LinuxContainerProcess process = Spawn.shell("read line");
    ProcessHandle handle = process.toHandle();
    assertThat(handle.pid()).isEqualTo(process.pid());
    assertThat(handle.isAlive()).isTrue();
    assertThat(process.info().command().orElseThrow()).contains("sh");
    process.destroyForcibly().waitFor();
    assertThat(process.toHandle()).isEqualTo(handle);
    assertThat(handle.isAlive()).isFalse();
  }

  @Test
  void what_somebody_else_reaps_is_seen_to_end() throws Exception {
    Process other = new ProcessBuilder("sleep", "100").start();
    int pid = (int) other.pid();
    LinuxContainerProcess process =
        LinuxContainerProcess.found("web", pid, Processes.pidfdOpen(pid), Spawn.observer());
    assertThat(process.isAlive()).isTrue();
    assertThat(process.getInputStream().read()).isEqualTo(-1);
    process.destroy();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.onExit().get()).isSameAs(process);
    assertThat(process.usage()).isEmpty();
    if (PidfdInfoTest.tellsOthers()) {
      assertThat(process.waitFor()).isEqualTo(143);
      assertThat(process.ending()).contains(new Ending.Killed(Signal.TERM));
    } else {
      assertThat(process.ending()).contains(new Ending.Unknown());
    }
    assertThat(other.waitFor()).isEqualTo(143);
  }

  @Test
  void nobody_tells_how_a_process_ended_that_is_gone() {
    LinuxContainerProcess process = LinuxContainerProcess.ended("web", 4711, Spawn.observer());
    for (var ask :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            process::exitValue, process::waitFor)) {
      assertThatThrownBy(ask)
          .isInstanceOf(ContainerException.class)
          .hasMessage(
              "container \"web\": exit value of process 4711: only the program that started it"
                  + " knows it");
    }
    assertThat(process).hasToString("process 4711 of container \"web\", ended");
  }

  @Test
  void a_stream_that_is_no_pipe_is_empty_and_refuses_to_be_written_to() throws Exception {
    LinuxContainerProcess process =
        Spawn.start(Redirect.DISCARD, Redirect.DISCARD, "sh", "-c", "cat; echo lost");
    assertThat(process.waitFor()).isZero();
    assertThat(process.getInputStream().readAllBytes()).isEmpty();
    assertThatThrownBy(() -> process.getOutputStream().write(1))
        .isInstanceOf(IOException.class)
        .hasMessage("Stream closed");
    process.getOutputStream().close();
  }

  @Test
  void an_interrupt_ends_the_wait() throws Exception {
    LinuxContainerProcess process = Spawn.shell("read line");
    Thread.currentThread().interrupt();
    assertThatThrownBy(process::waitFor).isInstanceOf(InterruptedException.class);
    process.destroyForcibly().waitFor();
  }

  @Test
  void one_thread_waits_for_two_hundred_processes_and_leaves_nothing_behind() throws Exception {
    Spawn.shell("exit 0").waitFor();
    OpenFiles before = OpenFiles.now();
    List<LinuxContainerProcess> processes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      processes.add(Spawn.shell("read line; echo to nobody; exit " + i));
    }
    assertThat(eventThreads()).isEqualTo(1);
    for (LinuxContainerProcess process : processes) {
      process.getOutputStream().close();
    }
    for (int i = 0; i < 200; i++) {
      assertThat(processes.get(i).waitFor()).isEqualTo(i);
    }
    before.awaitNoMore();
    assertThat(processes.getLast().inputReader().readLine()).isEqualTo("to nobody");
  }

  private static long eventThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("berth-events"))
        .count();
  }
}
