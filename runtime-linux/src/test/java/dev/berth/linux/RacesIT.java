package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerException;
import dev.berth.ContainerExistsException;
import dev.berth.ContainerNotFoundException;
import dev.berth.ContainerSetupException;
import dev.berth.ContainerStateException;
import dev.berth.Signal;
import dev.berth.Status;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Operations that meet: each happens in some order, and the one that is too late says so. */
@RunsContainers
class RacesIT {
  private static final String DONE = "done";

  @RegisterExtension final Workspace workspace = new Workspace();

  private interface Attempt {
    void run() throws Exception;
  }

  /** Runs them at once, and returns what became of each: done, or the name of the exception. */
  private static List<String> race(List<Attempt> attempts) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<Future<String>> outcomes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Attempt attempt : attempts) {
        Callable<String> outcome =
            () -> {
              go.await();
              return outcome(attempt);
            };
        outcomes.add(threads.submit(outcome));
      }
      go.countDown();
    }
    List<String> result = new ArrayList<>();
    for (Future<String> outcome : outcomes) {
      result.add(outcome.get());
    }
    return result;
  }

  private static String outcome(Attempt attempt) throws Exception {
    try {
      attempt.run();
      return DONE;
    } catch (ContainerException e) {
      return e.getClass().getSimpleName();
    }
  }

  private static List<Attempt> times(int count, Attempt attempt) {
    return Collections.nCopies(count, attempt);
  }

  private Container running() {
    return workspace
        .container("a", "sleep", "1000")
        .redirectOutput(Redirect.DISCARD)
        .redirectError(Redirect.DISCARD)
        .start();
  }

  private Container found() {
    return workspace.runtime().find(workspace.id("a")).orElseThrow();
  }

  @RepeatedTest(5)
  void of_sixteen_that_create_the_same_id_one_wins() throws Exception {
    List<String> outcomes =
        race(times(16, () -> workspace.container("a", "sleep", "1000").detached().create()));
    assertThat(outcomes).filteredOn(DONE::equals).hasSize(1);
    assertThat(outcomes)
        .filteredOn(outcome -> !outcome.equals(DONE))
        .containsOnly(ContainerExistsException.class.getSimpleName());
    found().deleteForcibly();
  }

  @RepeatedTest(5)
  void of_eight_that_start_the_same_container_one_wins() throws Exception {
    try (Container container = workspace.container("a", "sleep", "1000").create()) {
      List<String> outcomes = race(times(8, container::start));
      assertThat(outcomes).filteredOn(DONE::equals).hasSize(1);
      assertThat(outcomes)
          .filteredOn(outcome -> !outcome.equals(DONE))
          .containsOnly(ContainerStateException.class.getSimpleName());
      assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void a_connection_that_asks_for_nothing_does_not_keep_others_from_the_start() throws Exception {
    try (Container container = workspace.container("a", "sleep", "1000").create();
        StateDirectory directory =
            new StateRoot(workspace.root()).find(new ContainerId(container.id())).orElseThrow()) {
      for (int i = 0; i < 20; i++) {
        directory.connectForStart(Cancellation.ofCleanup(Duration.ofMinutes(1))).close();
      }
      container.start();
      assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  @RepeatedTest(10)
  void kill_delete_and_state_meet() throws Exception {
    running();
    Container found = found();
    List<Attempt> attempts = new ArrayList<>();
    attempts.addAll(times(4, () -> found.kill(Signal.KILL)));
    attempts.addAll(times(4, found::deleteForcibly));
    attempts.addAll(times(8, found::state));
    List<String> outcomes = race(attempts);
    assertThat(outcomes)
        .allMatch(
            List.of(
                    DONE,
                    ContainerStateException.class.getSimpleName(),
                    ContainerNotFoundException.class.getSimpleName())
                ::contains);
    assertThat(outcomes.subList(4, 8)).containsOnly(DONE);
    assertThat(workspace.runtime().containers()).isEmpty();
  }

  @RepeatedTest(10)
  void exec_and_delete_meet() throws Exception {
    Container container = running();
    List<Attempt> attempts = new ArrayList<>();
    attempts.addAll(times(8, () -> container.exec("sleep", "1000").detached().start()));
    attempts.add(container::deleteForcibly);
    assertThat(race(attempts))
        .allMatch(
            List.of(
                    DONE,
                    ContainerStateException.class.getSimpleName(),
                    ContainerSetupException.class.getSimpleName(),
                    ContainerNotFoundException.class.getSimpleName())
                ::contains)
        .last()
        .isEqualTo(DONE);
  }

  @RepeatedTest(5)
  void create_and_delete_of_the_same_id_meet() throws Exception {
    List<Attempt> attempts = new ArrayList<>();
    attempts.addAll(times(8, () -> workspace.container("a", "true").detached().create()));
    attempts.addAll(
        times(8, () -> workspace.runtime().containers().forEach(Container::deleteForcibly)));
    assertThat(race(attempts).subList(0, 8))
        .contains(DONE)
        .allMatch(List.of(DONE, ContainerExistsException.class.getSimpleName())::contains);
    workspace.runtime().containers().forEach(Container::deleteForcibly);
  }
}
