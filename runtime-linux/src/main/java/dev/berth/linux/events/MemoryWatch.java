package dev.berth.linux.events;

import dev.berth.linux.cgroup.MemoryCounters;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Inotify;
import java.io.IOException;
import java.util.Optional;

/** Learns when the memory controller has counted something. */
public final class MemoryWatch {
  private MemoryWatch() {}

  /**
   * Runs {@code look} on the event loop's thread whenever there may be more in {@code counters},
   * until the returned object is closed.
   */
  public static FileWatches.FileWatch of(MemoryCounters counters, Runnable look)
      throws IOException {
    Optional<MemoryCounters.Notice> notice = counters.notice();
    return notice.isPresent() ? watch(notice.get(), look) : () -> {};
  }

  private static FileWatches.FileWatch watch(MemoryCounters.Notice notice, Runnable look)
      throws IOException {
    return switch (notice) {
      case MemoryCounters.Notice.OfShortage(Fd eventfd) -> Shortage.watch(eventfd, look);
      case MemoryCounters.Notice.OfFile(Fd file) -> {
        try (file) {
          yield FileWatches.shared().add(file, Inotify.IN_MODIFY, look);
        }
      }
    };
  }
}
