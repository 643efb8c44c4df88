package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerException;
import dev.berth.ContainerNotFoundException;
import dev.berth.ContainerProcess;
import dev.berth.ContainerRuntime;
import dev.berth.ContainerSetupException;
import dev.berth.ContainerStateException;
import dev.berth.Ending;
import dev.berth.ExecBuilder;
import dev.berth.Result;
import dev.berth.Status;
import dev.berth.core.plan.HookKind;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** No launch waits for ever, whatever keeps the process that is being made from its program. */
@RunsContainers
@Timeout(60)
class LaunchWaitsIT {
  private static final Duration SHORT = Duration.ofMillis(500);

  /** Far above what it takes, on a busy machine, and far below what would be for ever. */
  private static final Duration SOON = Duration.ofSeconds(8);

  /** Stops whatever else comes into its PID namespace. */
  private static final String STOPS_OTHERS = "while :; do kill -STOP -1; done";

  @RegisterExtension final Workspace workspace = new Workspace();

  private interface Waiting {
    void launch() throws Exception;
  }

  static Stream<ThreadFactory> threads() {
    return Stream.of(Thread.ofPlatform().factory(), Thread.ofVirtual().factory());
  }

  private ContainerRuntime runtime(Duration launchTimeout) {
    return ContainerRuntime.builder().root(workspace.root()).launchTimeout(launchTimeout).build();
  }

  private ContainerBuilder container(ContainerRuntime runtime, String... command) {
    return runtime
        .container(workspace.id("a"))
        .rootfs(workspace.rootfs())
        .command(command)
        .redirectOutput(Redirect.DISCARD)
        .redirectError(Redirect.DISCARD);
  }

  private ContainerBuilder hooked(ContainerRuntime runtime, HookKind kind) {
    List<Hook> sleeps = List.of(new Hook("/bin/sleep", List.of("sleep", "1000"), List.of(), null));
    return container(runtime, "sleep", "1000")
        .edit(spec -> spec.withHooks(hooks(kind, sleeps)).withMounts(List.of()));
  }

  private static Hooks hooks(HookKind kind, List<Hook> list) {
    return new Hooks(
        kind == HookKind.PRESTART ? list : List.of(),
        kind == HookKind.CREATE_RUNTIME ? list : List.of(),
        kind == HookKind.CREATE_CONTAINER ? list : List.of(),
        kind == HookKind.START_CONTAINER ? list : List.of(),
        kind == HookKind.POSTSTART ? list : List.of(),
        kind == HookKind.POSTSTOP ? list : List.of());
  }

  /** What becomes of {@code waiting}, which must be soon. */
  private static Throwable failure(CompletableFuture<?> waiting) {
    try {
      waiting.orTimeout(SOON.toMillis(), TimeUnit.MILLISECONDS).join();
      return new AssertionError("it was done");
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  private static CompletableFuture<?> begin(ThreadFactory threads, Waiting waiting) {
    return begin(threads, waiting, new CompletableFuture<>());
  }

  private static CompletableFuture<?> begin(
      ThreadFactory threads, Waiting waiting, CompletableFuture<Thread> thread) {
    CompletableFuture<Object> done = new CompletableFuture<>();
    Thread begun =
        threads.newThread(() -> {
          try {
            waiting.launch();
            done.complete("");
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    begun.start();
    thread.complete(begun);
    return done;
  }

  /** What becomes of {@code waiting} when its thread is interrupted. */
  private static Throwable interrupted(ThreadFactory threads, Waiting waiting) throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    CompletableFuture<?> waits = begin(threads, waiting, thread);
    Thread.sleep(SHORT);
    assertThat(waits).isNotDone();
    thread.get().interrupt();
    return failure(waits);
  }

  private interface InStoppingContainer {
    void test(Container container) throws Exception;
  }

  private void inStoppingContainer(ContainerRuntime runtime, InStoppingContainer test)
      throws Exception {
    try (Container container = container(runtime, "sh", "-c", STOPS_OTHERS).start()) {
      test.test(container);
      Eventually.await("no exec is left", () -> container.processes().size() == 1);
    }
  }

  /** An exec that the container has stopped half-way, not one that has slipped through. */
  private static CompletableFuture<?> stopped(
      ThreadFactory threads, Container container, CompletableFuture<Thread> thread)
      throws InterruptedException {
    while (true) {
      CompletableFuture<Thread> begun = new CompletableFuture<>();
      CompletableFuture<ContainerProcess> launched = new CompletableFuture<>();
      CompletableFuture<?> waits =
          begin(threads, () -> launched.complete(exec(container).start()), begun);
      Thread.sleep(SHORT.dividedBy(2));
      if (!launched.isDone()) {
        thread.complete(begun.join());
        return waits;
      }
      launched.join().destroyForcibly().waitFor();
    }
  }

  private static CompletableFuture<?> stopped(Container container) throws InterruptedException {
    return stopped(Thread::new, container, new CompletableFuture<>());
  }

  private static ExecBuilder exec(Container container) {
    return container.exec("sleep", "1000");
  }

  @Test
  void an_exec_that_the_container_stops_ends_with_its_time_limit() throws Exception {
    inStoppingContainer(
        workspace.runtime(),
        container -> {
          for (int i = 0; i < 5; i++) {
            Result result = exec(container).run(SHORT);
            assertThat(result.ending()).isEqualTo(new Ending.TimedOut(SHORT));
            assertThat(result.exitValue()).isEqualTo(137);
            assertThat(result.usage().wall()).isLessThan(SOON);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("threads")
  void an_exec_that_the_container_stops_ends_with_an_interrupt(ThreadFactory threads)
      throws Exception {
    inStoppingContainer(
        workspace.runtime(),
        container -> {
          assertThat(interrupted(threads, () -> exec(container).run()))
              .isInstanceOf(InterruptedException.class);
          CompletableFuture<Thread> thread = new CompletableFuture<>();
          CompletableFuture<?> waits = stopped(threads, container, thread);
          thread.join().interrupt();
          assertThat(failure(waits))
              .isInstanceOf(ContainerSetupException.class)
              .hasMessage(
                  "container \"%s\": not done: the calling thread was interrupted", container.id());
        });
  }

  @Test
  void an_exec_that_the_container_stops_ends_with_the_launch_timeout() throws Exception {
    inStoppingContainer(
        runtime(SHORT),
        container ->
            assertThat(failure(stopped(container)))
                .isInstanceOf(ContainerSetupException.class)
                .hasMessageContaining("not done within the launch timeout of 500 ms"));
  }

  @Test
  void an_exec_that_the_container_stops_ends_while_the_container_is_paused() throws Exception {
    inStoppingContainer(
        workspace.runtime(),
        container -> {
          CompletableFuture<Thread> thread = new CompletableFuture<>();
          CompletableFuture<?> waits = stopped(Thread::new, container, thread);
          container.pause();
          thread.join().interrupt();
          assertThat(failure(waits)).hasMessageContaining("interrupted");
          assertThat(container.processes()).hasSize(1);
          assertThat(container.state().status()).isEqualTo(Status.PAUSED);
          container.resume();
        });
  }

  @Test
  void an_exec_that_the_container_stops_ends_with_the_container() throws Exception {
    Container container =
        container(workspace.runtime(), "sh", "-c", STOPS_OTHERS).detached().start();
    CompletableFuture<?> waits = stopped(container);
    container.deleteForcibly();
    assertThat(failure(waits))
        .isInstanceOfAny(ContainerStateException.class, ContainerNotFoundException.class);
  }

  @Test
  void an_exec_that_the_container_stops_ends_with_the_runtime() throws Exception {
    ContainerRuntime closed = runtime(Duration.ofMinutes(1));
    inStoppingContainer(
        workspace.runtime(),
        container -> {
          Container found = closed.find(container.id()).orElseThrow();
          CompletableFuture<?> waits = stopped(found);
          closed.close();
          assertThat(failure(waits))
              .isInstanceOf(ContainerSetupException.class)
              .hasMessageContaining("the ContainerRuntime was closed");
          assertThatThrownBy(found::state).isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  void an_exec_that_is_killed_before_its_program_was_not_started() throws Exception {
    inStoppingContainer(
        workspace.runtime(),
        container -> {
          CompletableFuture<?> waits = stopped(container);
          container.processes().stream()
              .filter(process -> process.pid() != container.process().pid())
              .forEach(ProcessHandle::destroyForcibly);
          assertThat(failure(waits))
              .isInstanceOf(ContainerSetupException.class)
              .message()
              .containsAnyOf(
                  "the process was killed before it executed its program",
                  "the process ended while it waited");
        });
  }

  @ParameterizedTest
  @EnumSource(value = HookKind.class, names = "POSTSTOP", mode = EnumSource.Mode.EXCLUDE)
  void a_hook_without_a_timeout_ends_with_the_time_limit(HookKind kind) throws Exception {
    Result result = hooked(workspace.runtime(), kind).run(SHORT);
    assertThat(result.timedOut()).isTrue();
    assertThat(result.usage().wall()).isBetween(SHORT, SOON);
  }

  @ParameterizedTest
  @EnumSource(value = HookKind.class, names = "POSTSTOP", mode = EnumSource.Mode.EXCLUDE)
  void a_hook_without_a_timeout_ends_with_an_interrupt(HookKind kind) throws Exception {
    for (ThreadFactory threads : threads().toList()) {
      assertThat(interrupted(threads, () -> hooked(workspace.runtime(), kind).run()))
          .isInstanceOf(InterruptedException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(HookKind.class)
  void a_hook_without_a_timeout_ends_with_the_launch_timeout(HookKind kind) throws Exception {
    ContainerRuntime impatient = runtime(SHORT);
    if (kind == HookKind.POSTSTOP) {
      Container container = hooked(impatient, kind).start();
      begin(Thread::new, container::deleteForcibly).get(SOON.toMillis(), TimeUnit.MILLISECONDS);
    } else {
      assertThat(failure(begin(Thread::new, () -> hooked(impatient, kind).start())))
          .isInstanceOf(ContainerSetupException.class)
          .hasMessageContaining("not done within the launch timeout of 500 ms");
    }
  }

  @ParameterizedTest
  @EnumSource(value = HookKind.class, names = "POSTSTOP", mode = EnumSource.Mode.EXCLUDE)
  void a_hook_without_a_timeout_ends_with_the_runtime(HookKind kind) throws Exception {
    ContainerRuntime closed = runtime(Duration.ofMinutes(1));
    CompletableFuture<?> waits = begin(Thread::new, () -> hooked(closed, kind).start());
    Thread.sleep(SHORT);
    closed.close();
    assertThat(failure(waits)).hasMessageContaining("the ContainerRuntime was closed");
  }

  @Test
  void the_timeout_of_a_hook_is_added_to_that_of_the_launch() throws Exception {
    List<Hook> sleeps = List.of(new Hook("/bin/sleep", List.of("sleep", "1"), List.of(), 30));
    for (HookKind kind : HookKind.values()) {
      container(runtime(Duration.ofMillis(900)), "true")
          .edit(spec -> spec.withHooks(hooks(kind, sleeps)))
          .run(SOON)
          .orThrow();
    }
  }

  @Test
  void a_file_system_that_does_not_answer_ends_nothing_but_the_launch() throws Exception {
    Path mountPoint = Files.createDirectory(workspace.rootfs().resolve("silent"));
    try (SilentFileSystem _ = SilentFileSystem.mount(mountPoint)) {
      ContainerBuilder builder = container(runtime(SHORT), "true").directory("/silent/x");
      assertThat(failure(begin(Thread::new, builder::create)))
          .hasMessageContaining("not done within the launch timeout of 500 ms");
      assertThat(builder.run(SHORT).timedOut()).isTrue();
    }
  }

  /** A FUSE file system whose daemon does not even answer the first request. */
  private record SilentFileSystem(Process daemon, Path mountPoint) implements AutoCloseable {

    static SilentFileSystem mount(Path mountPoint) throws Exception {
      String script =
          "exec 3<>/dev/fuse; mount -i -t fuse"
              + " -o fd=3,rootmode=40000,user_id=0,group_id=0,allow_other silent \"$0\""
              + " && echo mounted && exec sleep 1000";
      Process daemon =
          new ProcessBuilder("sh", "-c", script, mountPoint.toString())
              .redirectError(Redirect.INHERIT)
              .start();
      String line = daemon.inputReader().readLine();
      assumeTrue("mounted".equals(line), "needs /dev/fuse");
      return new SilentFileSystem(daemon, mountPoint);
    }

    @Override
    public void close() throws IOException {
      Process umount = new ProcessBuilder("umount", "-l", mountPoint.toString()).start();
      umount.onExit().join();
      daemon.destroyForcibly().onExit().join();
    }
  }

  @Test
  void an_exec_meets_a_pause_at_any_moment() throws Exception {
    try (Container container = container(runtime(SHORT), "sleep", "1000").start()) {
      CompletableFuture<?> execs =
          begin(
              Thread::new,
              () -> {
                for (int i = 0; i < 40; i++) {
                  try {
                    exec(container).start().destroyForcibly().waitFor();
                  } catch (ContainerException refusedOrStopped) {
                    assertThat(refusedOrStopped.getMessage())
                        .containsAnyOf("paused", "not done within the launch timeout of 500 ms");
                  }
                }
              });
      while (!execs.isDone()) {
        container.pause();
        Thread.sleep(5);
        container.resume();
        Thread.sleep(5);
      }
      execs.get();
      Eventually.await("no exec is left", () -> container.processes().size() == 1);
    }
  }
}
