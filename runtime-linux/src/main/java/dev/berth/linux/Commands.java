package dev.berth.linux;

import dev.berth.ContainerProcess;
import dev.berth.Result;
import dev.berth.linux.process.OutputCollector;
import dev.berth.linux.process.OutputLimit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Runs a started process to its end for the two builders' {@code run}. */
final class Commands {
  private Commands() {}

  /** A limit that a program can keep. */
  static Duration timeLimit(Duration limit) {
    if (!limit.isPositive()) {
      throw new IllegalArgumentException(
          "time limit: must be longer than 0, is %s; run() has none".formatted(limit));
    }
    return limit;
  }

  static Result await(
      ContainerProcess process,
      List<String> command,
      Optional<Duration> limit,
      OutputLimit outputLimit,
      Runnable kill)
      throws InterruptedException {
    OutputCollector output = new OutputCollector(process, outputLimit);
    return limit.isPresent()
        ? output.await(command, limit.get(), kill)
        : output.await(command, kill);
  }
}
