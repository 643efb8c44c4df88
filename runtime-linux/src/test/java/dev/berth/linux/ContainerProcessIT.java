package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerException;
import dev.berth.ContainerProcess;
import dev.berth.Result;
import dev.berth.Status;
import dev.berth.Usage;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a {@link Process} promises, of a program in a container. */
@RunsContainers
class ContainerProcessIT {
  private static final int MIB = 1 << 20;

  @RegisterExtension final Workspace workspace = new Workspace();

  private Result run(String script) throws InterruptedException {
    return workspace.container("a", "sh", "-c", script).run(Duration.ofMinutes(1));
  }

  private Container running(String... command) {
    return workspace.container("a", command).start();
  }

  @ParameterizedTest
  @CsvSource({"exit 0,0", "exit 3,3", "exit 255,255"})
  void tells_the_exit_value(String script, int exitValue) throws Exception {
    assertThat(run(script).exitValue()).isEqualTo(exitValue);
  }

  @ParameterizedTest
  @CsvSource({"KILL,137", "SEGV,139", "TERM,143"})
  void tells_the_signal_that_ended_a_program(String signal, int exitValue) throws Exception {
    try (Container container = running("sleep", "1000")) {
      Result result = container.exec("sh", "-c", "kill -" + signal + " $$").run();
      assertThat(result.exitValue()).isEqualTo(exitValue);
      assertThat(result.timedOut()).isFalse();
    }
  }

  @Test
  void a_result_has_both_outputs_apart() throws Exception {
    Result result = run("echo out; echo err >&2; exit 7");
    assertThat(result.output()).isEqualTo("out\n");
    assertThat(result.error()).isEqualTo("err\n");
    assertThatThrownBy(result::orThrow)
        .isInstanceOf(ContainerException.class)
        .hasMessage("container \"%s\": \"sh\" exited with 7: err", workspace.id("a"));
  }

  @Test
  void what_is_written_to_standard_input_comes_back_from_cat() throws Exception {
    try (Container container = running("cat")) {
      try (OutputStream input = container.process().getOutputStream()) {
        input.write("héllo\n".getBytes(StandardCharsets.UTF_8));
      }
      byte[] output = container.process().getInputStream().readAllBytes();
      assertThat(new String(output, StandardCharsets.UTF_8)).isEqualTo("héllo\n");
      assertThat(container.process().waitFor()).isZero();
    }
  }

  @Test
  void sixty_four_mebibytes_go_through_both_pipes() throws Exception {
    byte[] block = new byte[MIB];
    try (Container container = running("cat")) {
      OutputStream input = container.process().getOutputStream();
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(() -> {
            try (input) {
              for (int i = 0; i < 64; i++) {
                input.write(block);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      long count = container.process().getInputStream().transferTo(OutputStream.nullOutputStream());
      writer.join();
      assertThat(count).isEqualTo(64L * MIB);
      assertThat(container.process().waitFor()).isZero();
    }
  }

  @Test
  void reads_and_writes_files() throws Exception {
    Path input = Files.writeString(workspace.file("in"), "from a file\n");
    Path output = workspace.file("out");
    Path error = Files.writeString(workspace.file("err"), "before\n");
    try (Container container =
        workspace
            .container("a", "sh", "-c", "cat; echo more >&2")
            .redirectInput(Redirect.from(input.toFile()))
            .redirectOutput(Redirect.to(output.toFile()))
            .redirectError(Redirect.appendTo(error.toFile()))
            .start()) {
      assertThat(container.process().waitFor()).isZero();
      assertThat(container.process().getInputStream().readAllBytes()).isEmpty();
    }
    assertThat(output).hasContent("from a file\n");
    assertThat(error).hasContent("before\nmore\n");
  }

  @Test
  void discards_what_nobody_wants() throws Exception {
    try (Container container =
        workspace
            .container("a", "sh", "-c", "readlink /proc/self/fd/0 >/out; yes | head -c 1000000")
            .writable()
            .redirectInput(Redirect.DISCARD)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start()) {
      assertThat(container.process().waitFor()).isZero();
    }
    assertThat(workspace.rootfs().resolve("out")).hasContent("/dev/null\n");
  }

  @Test
  void inherits_the_streams_of_this_jvm() throws Exception {
    try (Container container =
        workspace
            .container("a", "sh", "-c", "stat -L -c %i /proc/self/fd/2 >/out")
            .writable()
            .inheritIO()
            .start()) {
      assertThat(container.process().waitFor()).isZero();
      assertThat(container.process().getInputStream().readAllBytes()).isEmpty();
    }
    Object own = Files.getAttribute(Path.of("/proc/self/fd/2"), "unix:ino");
    assertThat(workspace.rootfs().resolve("out")).hasContent(own + "\n");
  }

  @Test
  void a_run_that_takes_too_long_is_killed_with_all_that_it_started() throws Exception {
    Instant begin = Instant.now();
    Result result =
        workspace
            .container("a", "sh", "-c", "echo begun; sleep 1000 & sleep 1001")
            .run(Duration.ofMillis(500));
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(20));
    assertThat(result.timedOut()).isTrue();
    assertThat(result.exitValue()).isEqualTo(137);
    assertThat(result.output()).isEqualTo("begun\n");
    assertThatThrownBy(result::orThrow)
        .hasMessage("container \"%s\": \"sh\" was killed: its time was over", workspace.id("a"));
    assertThat(workspace.runtime().containers()).isEmpty();
  }

  @Test
  void an_exec_that_takes_too_long_is_killed_and_the_container_goes_on() throws Exception {
    try (Container container = running("sleep", "1000")) {
      Result result = container.exec("sleep", "1001").run(Duration.ofMillis(300));
      assertThat(result.timedOut()).isTrue();
      assertThat(result.exitValue()).isEqualTo(137);
      assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void an_interrupt_of_the_caller_ends_the_container() throws Exception {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                workspace.container("a", "sleep", "1000").run();
                outcome.complete(null);
              } catch (Throwable e) {
                outcome.complete(e);
              }
            });
    Eventually.await(
        "it runs",
        () ->
            workspace.runtime().containers().stream()
                .anyMatch(each -> each.state().status() == Status.RUNNING));
    caller.interrupt();
    assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    caller.join();
    assertThat(workspace.runtime().containers()).isEmpty();
  }

  @Test
  void a_grandchild_that_keeps_the_pipe_keeps_nobody_waiting() throws Exception {
    try (Container container = running("sleep", "1000")) {
      Instant begin = Instant.now();
      Result result = container.exec("sh", "-c", "sleep 1000 & echo hi").run();
      assertThat(result.output()).isEqualTo("hi\n");
      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void waits_for_as_long_as_it_is_told() throws Exception {
    try (Container container = running("sleep", "1000")) {
      ContainerProcess process = container.process();
      assertThat(process.waitFor(50, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(process.waitFor(Duration.ofMillis(50))).isFalse();
      assertThat(process.isAlive()).isTrue();
      assertThatThrownBy(process::exitValue)
          .isInstanceOf(IllegalThreadStateException.class)
          .hasMessage("process has not exited");
      assertThat(process.usage()).isEmpty();
      assertThat(process)
          .hasToString(
              "process %d of container \"%s\", running".formatted(process.pid(), container.id()));

      assertThat(process.destroyForcibly()).isSameAs(process);
      assertThat(process.onExit().get(30, TimeUnit.SECONDS)).isSameAs(process);
      assertThat(process.exitValue()).isEqualTo(137);
      assertThat(process.isAlive()).isFalse();
      process.destroy();
    }
  }

  @Test
  void destroy_asks_a_program_to_end() throws Exception {
    try (Container container =
        running("sh", "-c", "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done")) {
      InputStream output = container.process().getInputStream();
      assertThat(output.readNBytes(3)).asString().isEqualTo("up\n");
      assertThat(container.process().supportsNormalTermination()).isTrue();
      container.process().destroy();
      assertThat(container.process().waitFor()).isEqualTo(5);
    }
  }

  @Test
  void its_handle_is_that_of_the_process_on_the_host() throws Exception {
    try (Container container = running("sleep", "1000")) {
      ProcessHandle handle = container.process().toHandle();
      assertThat(handle.pid()).isEqualTo(container.state().pid());
      assertThat(handle.isAlive()).isTrue();
      assertThat(handle.parent()).contains(ProcessHandle.current());
      container.process().destroyForcibly().waitFor();
      assertThat(handle.isAlive()).isFalse();
    }
  }

  @Test
  void tells_what_a_program_used() throws Exception {
    Usage usage = run("i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done").usage();
    assertThat(usage.user()).isPositive();
    assertThat(usage.wall()).isGreaterThanOrEqualTo(usage.user().minusMillis(20));
    assertThat(usage.system()).isGreaterThanOrEqualTo(Duration.ZERO);
  }
}
