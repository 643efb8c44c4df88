package dev.berth.linux.events;

import dev.berth.linux.process.EventLoop;
import dev.berth.linux.sys.Epoll;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Inotify;
import dev.berth.linux.sys.SyscallException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Files that the kernel tells of when they change, all by one descriptor: a poll of each would take
 * one for each, of which a process may have few. There is none when nothing is watched.
 */
public final class FileWatches {
  private static final FileWatches SHARED = new FileWatches();

  private final Map<Integer, Runnable> actions = new ConcurrentHashMap<>();
  private @Nullable Open open;

  private FileWatches() {}

  /** Those of this JVM. */
  public static FileWatches shared() {
    return SHARED;
  }

  private record Open(Inotify inotify, EventLoop.Watch watch) {}

  /** A file that is watched. */
  public interface FileWatch extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Runs {@code action} on the event loop's thread, soon after one of {@code events} has happened
   * to {@code file}: what happens before this method returns may go by unnoticed.
   *
   * @param file need not remain open
   * @param events {@code IN_*}
   */
  public synchronized FileWatch add(Fd file, int events, Runnable action) throws SyscallException {
    Open now = open;
    if (now == null) {
      now = open();
      open = now;
    }
    try {
      int watch = now.inotify.add(file, events);
      actions.put(watch, action);
      return () -> remove(watch);
    } finally {
      closeIfUnused();
    }
  }

  private Open open() throws SyscallException {
    Inotify inotify = Inotify.create();
    try {
      EventLoop loop = EventLoop.shared();
      return new Open(inotify, loop.watch(inotify.fd(), Epoll.EPOLLIN, () -> ready(inotify)));
    } catch (SyscallException e) {
      inotify.close();
      throw e;
    }
  }

  private void ready(Inotify inotify) {
    for (Inotify.Event event : read(inotify)) {
      Runnable action = actions.get(event.watch());
      if (action != null) {
        action.run();
      } else if ((event.mask() & Inotify.IN_Q_OVERFLOW) != 0) {
        actions.values().forEach(Runnable::run);
      }
    }
  }

  /** The lock keeps the descriptor from being closed meanwhile. */
  private synchronized List<Inotify.Event> read(Inotify inotify) {
    if (open == null || !open.inotify.equals(inotify)) {
      return List.of();
    }
    try {
      return inotify.read();
    } catch (SyscallException impossible) {
      throw new AssertionError("a descriptor of inotify that is open", impossible);
    }
  }

  private synchronized void remove(int watch) {
    actions.remove(watch);
    if (open != null) {
      try {
        open.inotify.remove(watch);
      } catch (SyscallException impossible) {
        throw new AssertionError("a watch that may be gone", impossible);
      }
    }
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (open != null && actions.isEmpty()) {
      open.watch.close();
      open.inotify.close();
      open = null;
    }
  }
}
