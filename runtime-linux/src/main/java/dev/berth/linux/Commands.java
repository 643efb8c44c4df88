package dev.berth.linux;

import dev.berth.ContainerException;
import dev.berth.ContainerProcess;
import dev.berth.Ending;
import dev.berth.Result;
import dev.berth.Signal;
import dev.berth.Usage;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.process.OutputCollector;
import dev.berth.linux.process.OutputLimit;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs a process from its launch to its end for the two builders' {@code run}. */
final class Commands {
  private static final int KILLED = 128 + Signal.KILL.number();

  private Commands() {}

  /** A limit that a program can keep. */
  static Duration timeLimit(Duration limit) {
    if (!limit.isPositive()) {
      throw new IllegalArgumentException(
          "time limit: must be longer than 0, is %s; run() has none".formatted(limit));
    }
    return limit;
  }

  /**
   * What runs.
   *
   * @param kill ends the process, and what it has started
   * @param end removes what was made for it
   */
  record Running(ContainerProcess process, Runnable kill, Runnable end) implements AutoCloseable {
    @Override
    public void close() {
      end.run();
    }
  }

  /** Launches the process. */
  interface Launch {

    /** Launches it within {@code limit}. */
    Running launch(Duration limit);
  }

  /**
   * Runs it.
   *
   * @param limit for the launch and the process together
   * @throws InterruptedException if the current thread is interrupted; the process is killed first
   */
  static Result run(
      ContainerId id, List<String> command, Duration limit, OutputLimit outputLimit, Launch launch)
      throws InterruptedException {
    long begun = System.nanoTime();
    try (Running running = launch.launch(limit)) {
      Duration left = limit.minusNanos(System.nanoTime() - begun);
      return new OutputCollector(running.process(), outputLimit)
          .await(command, limit, left, running.kill());
    } catch (ContainerException failed) {
      Duration wall = Duration.ofNanos(System.nanoTime() - begun);
      Optional<Cancellation.Reason> reason = reason(failed);
      if (reason.equals(Optional.of(Cancellation.Reason.LIMIT))) {
        return timedOut(id, command, limit, wall);
      }
      if (reason.equals(Optional.of(Cancellation.Reason.INTERRUPTED))) {
        throw interrupted(failed);
      }
      throw failed;
    }
  }

  /** Why the launch was cancelled, if it was. */
  private static Optional<Cancellation.Reason> reason(ContainerException failed) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      if (cause instanceof CancelledException cancelled) {
        return Optional.of(cancelled.reason());
      }
    }
    return Optional.empty();
  }

  private static Result timedOut(
      ContainerId id, List<String> command, Duration limit, Duration wall) {
    return new Result(
        id.value(),
        command,
        KILLED,
        new Ending.TimedOut(limit),
        Optional.empty(),
        "",
        "",
        0,
        0,
        new Usage(
            wall,
            Duration.ZERO,
            Duration.ZERO,
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            OptionalLong.empty()));
  }

  private static InterruptedException interrupted(ContainerException failed) {
    InterruptedException interrupted = new InterruptedException(failed.getMessage());
    interrupted.initCause(failed);
    boolean _ = Thread.interrupted();
    return interrupted;
  }
}
