package dev.berth.linux.process;

import dev.berth.ContainerException;
import dev.berth.ContainerProcess;
import dev.berth.Ending;
import dev.berth.Result;
import dev.berth.linux.sys.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Runs a process that has been started to its end, and keeps the first bytes that it writes. */
public final class OutputCollector {

  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

  private final ContainerProcess process;
  private final CompletableFuture<CollectedText> output;
  private final CompletableFuture<CollectedText> error;

  /**
   * Begins to read; there is nothing for the process to read.
   *
   * @param limit of each stream
   */
  public OutputCollector(ContainerProcess process, OutputLimit limit) {
    this.process = process;
    try {
      process.getOutputStream().close();
    } catch (IOException impossible) {
      throw new UncheckedIOException("nothing was written that the close could flush", impossible);
    }
    output = read(process.getInputStream(), limit);
    error = read(process.getErrorStream(), limit);
  }

  private CompletableFuture<CollectedText> read(InputStream stream, OutputLimit limit) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return CollectedText.read(stream, limit);
          } catch (IOException failure) {
            throw new ContainerException(
                process.containerId(),
                "collect the output of process %s: %s"
                    .formatted(process.pid(), failure.getMessage()),
                failure);
          }
        },
        DaemonThreads::startVirtual);
  }

  /**
   * Waits for the end.
   *
   * @param kill ends the process, and what it has started
   * @throws ContainerException if the process is another program's child, or its output cannot be
   *     read
   * @throws InterruptedException after {@code kill}
   */
  public Result await(List<String> command, Runnable kill) throws InterruptedException {
    return await(command, FOR_EVER, kill);
  }

  /**
   * Waits for the end, and kills a process that takes longer than {@code limit}.
   *
   * @param kill ends the process, and what it has started
   * @throws ContainerException if the process is another program's child, or its output cannot be
   *     read
   * @throws InterruptedException after {@code kill}
   */
  public Result await(List<String> command, Duration limit, Runnable kill)
      throws InterruptedException {
    return await(command, limit, limit, kill);
  }

  /**
   * The same.
   *
   * @param left of {@code limit}
   */
  public Result await(List<String> command, Duration limit, Duration left, Runnable kill)
      throws InterruptedException {
    try {
      boolean timedOut = !process.waitFor(left);
      if (timedOut) {
        kill.run();
      }
      int exitValue = process.waitFor();
      CollectedText written = joined(output);
      CollectedText complaints = joined(error);
      return new Result(
          process.containerId(),
          command,
          exitValue,
          timedOut ? new Ending.TimedOut(limit) : process.ending().orElseThrow(),
          process.memoryKills(),
          written.text(),
          complaints.text(),
          written.dropped(),
          complaints.dropped(),
          process.usage().orElseThrow());
    } catch (InterruptedException interrupted) {
      kill.run();
      throw interrupted;
    }
  }

  private static CollectedText joined(CompletableFuture<CollectedText> text) {
    try {
      return text.join();
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof ContainerException unread ? unread : failure;
    }
  }
}
