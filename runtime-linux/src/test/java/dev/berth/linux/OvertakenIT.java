package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerNotFoundException;
import dev.berth.ContainerStateException;
import dev.berth.Limits;
import dev.berth.Signal;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Operations beside the end of their container: each is done, or says that the container is not
 * there or not in the right state, and never what of it was not there any more.
 */
@RunsContainers
@Timeout(120)
class OvertakenIT {
  private static final int ROUNDS = 25;
  private static final int THREADS = 3;
  private static final long LATEST_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  @RegisterExtension final Workspace workspace = new Workspace();

  private interface Action {
    void on(Container container) throws Exception;
  }

  /** What is overtaken. */
  enum Overtaken {
    EVENTS(container -> container.events().listen(_ -> {}).close()),
    EXEC(container -> container.exec("true").start().waitFor()),
    EXEC_APART(container -> container.exec("true").ownCgroup().start().waitFor()),
    KILL(container -> container.kill(Signal.parse("CONT"))),
    KILL_ALL(container -> container.killAll(Signal.parse("CONT"))),
    // With cgroup v1 a process that was killed and is paused again does not die before it goes on.
    PAUSE(Container::pause, End.CLOSE, End.DELETE_FORCIBLY),
    PROCESSES(Container::processes),
    RESUME(Container::resume),
    SPEC(Container::spec),
    START(Container::start),
    STATE(Container::state),
    STATS(Container::stats),
    UPDATE(container -> container.update(Limits.NONE.pids(64))),
    WAIT(container -> container.process().waitFor());

    private final Action action;
    private final List<End> ends;

    Overtaken(Action action, End... ends) {
      this.action = action;
      this.ends = List.of(ends.length == 0 ? End.values() : ends);
    }
  }

  /** What overtakes it. */
  enum End {
    CLOSE(Container::close),
    DELETE_FORCIBLY(Container::deleteForcibly),
    KILL_AND_DELETE(container -> {
      container.kill(Signal.KILL);
      container.process().waitFor();
      container.delete();
    });

    private final Action action;

    End(Action action) {
      this.action = action;
    }
  }

  @ParameterizedTest
  @EnumSource
  void says_only_that_the_container_is_gone_or_in_another_state(Overtaken overtaken)
      throws Exception {
    ConcurrentLinkedQueue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    for (int round = 0; round < ROUNDS; round++) {
      End end = overtaken.ends.get(round % overtaken.ends.size());
      Container container = container(overtaken);
      race(container, overtaken, end, unexpected);
    }
    assertThat(unexpected).isEmpty();
  }

  private Container container(Overtaken overtaken) {
    var builder =
        workspace
            .container("a", "sleep", "1000")
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD);
    return overtaken == Overtaken.START ? builder.create() : builder.start();
  }

  private void race(
      Container container,
      Overtaken overtaken,
      End end,
      ConcurrentLinkedQueue<Throwable> unexpected)
      throws InterruptedException {
    Container found = workspace.runtime().find(container.id()).orElseThrow();
    CountDownLatch begun = new CountDownLatch(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                begun.countDown();
                repeat(overtaken.action, found, unexpected);
              }));
    }
    begun.await();
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LATEST_NANOS));
    try {
      end.action.on(container);
    } catch (Exception e) {
      unexpected.add(e);
      container.deleteForcibly();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Until the container is gone. */
  private static void repeat(
      Action action, Container container, ConcurrentLinkedQueue<Throwable> unexpected) {
    while (true) {
      try {
        action.on(container);
      } catch (ContainerNotFoundException gone) {
        return;
      } catch (ContainerStateException otherState) {
        LockSupport.parkNanos(50_000);
      } catch (Exception e) {
        unexpected.add(e);
        return;
      }
      if (isGone(container)) {
        return;
      }
    }
  }

  /** Some operations go on without a container, with what is known of it. */
  private static boolean isGone(Container container) {
    try {
      container.state();
      return false;
    } catch (ContainerNotFoundException gone) {
      return true;
    }
  }
}
