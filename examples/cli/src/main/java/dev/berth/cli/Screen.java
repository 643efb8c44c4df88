package dev.berth.cli;

import dev.berth.linux.terminal.HostOutput;
import dev.berth.linux.terminal.HostOutput.BrokenPipeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** What the program in the foreground prints, on the way to standard output. */
final class Screen {
  private final CompletableFuture<Void> printed = new CompletableFuture<>();

  private Screen() {}

  /** Begins to print, on a thread that does not hold up the end of this program. */
  static Screen print(InputStream from) {
    Screen screen = new Screen();
    Thread.ofPlatform().name("screen").daemon().start(() -> screen.copy(from));
    return screen;
  }

  /** To the end, even if nobody takes it any more: the program would stop half-way. */
  private void copy(InputStream from) {
    try {
      from.transferTo(HostOutput.output());
      printed.complete(null);
    } catch (IOException unread) {
      drain(from);
      printed.completeExceptionally(unread);
    }
  }

  private static void drain(InputStream from) {
    try {
      from.transferTo(OutputStream.nullOutputStream());
    } catch (IOException ended) {
      // What comes after a failure is lost in any case, and the failure is reported.
    }
  }

  /** No longer waits for somebody who does not read. */
  void giveUp() {
    printed.completeExceptionally(
        new IOException("standard output: the program's output is not read to its end"));
  }

  /**
   * Waits until all is printed, or {@link #giveUp} is called.
   *
   * @throws IOException if something was not printed that somebody could still read
   */
  void await() throws IOException, InterruptedException {
    try {
      printed.get();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case BrokenPipeException _ -> {}
        case IOException unread -> throw unread;
        default -> throw new IllegalStateException(failed.getCause());
      }
    }
  }
}
