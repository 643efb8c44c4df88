package dev.berth.linux.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has to be undone if a later step fails, newest first. A failure to undo one thing neither
 * keeps the others from being undone nor hides why it was necessary.
 */
final class Rollback {
  private final Deque<Undo> undos = new ArrayDeque<>();

  /** Takes one thing back. */
  interface Undo {
    void run() throws Exception;
  }

  /** To be called as soon as there is something to undo. */
  void onFailure(Undo undo) {
    undos.push(undo);
  }

  /** Undoes everything; what goes wrong meanwhile is suppressed by {@code cause}. */
  void run(Throwable cause) {
    // An interrupt may be why it is necessary, and is not to end the waits in here.
    boolean interrupted = Thread.interrupted();
    while (!undos.isEmpty()) {
      try {
        undos.pop().run();
      } catch (Exception e) {
        cause.addSuppressed(e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
