package dev.berth.linux.events;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** The containers that somebody watches, one watch for each. */
public final class Watches {

  /** Held while it changes who watches what, and never while somebody is told something. */
  private static final ReentrantLock LOCK = new ReentrantLock();

  private static final Map<Watched, ContainerWatch> WATCHES = new ConcurrentHashMap<>();

  /** Who wants to know of all containers below a root. */
  private static final Map<EventQueue, Path> ROOTS = new ConcurrentHashMap<>();

  private Watches() {}

  /**
   * A container, and no other that gets its id later.
   *
   * @param directory its state
   * @param pid of its first process
   * @param startTime of that process
   */
  public record Watched(Path directory, long pid, long startTime) {}

  /** Opens the watch of a container that nobody has watched yet. */
  public interface Opening {

    /**
     * Opens it.
     *
     * @param onDeleted as {@link ContainerWatch#open} takes it
     */
    ContainerWatch open(Runnable onDeleted) throws IOException;
  }

  /** Lets {@code queue} have the events of a container. */
  public static void join(Watched container, EventQueue queue, Opening opening) throws IOException {
    LOCK.lock();
    try {
      if (queue.isOver()) {
        return;
      }
      ContainerWatch watch = WATCHES.get(container);
      if (watch == null) {
        watch = opening.open(() -> forget(container));
        WATCHES.put(container, watch);
      }
      watch.add(queue);
    } finally {
      LOCK.unlock();
    }
  }

  /** From now on {@code queue} is among those of {@link #of}. */
  public static void joinAll(Path root, EventQueue queue) {
    LOCK.lock();
    try {
      if (!queue.isOver()) {
        ROOTS.put(queue, root);
      }
    } finally {
      LOCK.unlock();
    }
  }

  /** Who wants to know of all containers below {@code root}. */
  public static Set<EventQueue> of(Path root) {
    Set<EventQueue> queues = ConcurrentHashMap.newKeySet();
    ROOTS.forEach((queue, path) -> {
      if (path.equals(root)) {
        queues.add(queue);
      }
    });
    return queues;
  }

  /** Tells {@code queue} no more, of nothing. */
  static void leave(EventQueue queue) {
    LOCK.lock();
    try {
      ROOTS.remove(queue);
      WATCHES.values().removeIf(watch -> isLeft(watch, queue));
    } finally {
      LOCK.unlock();
    }
  }

  private static boolean isLeft(ContainerWatch watch, EventQueue queue) {
    boolean isLeft = watch.remove(queue);
    if (isLeft) {
      watch.close();
    }
    return isLeft;
  }

  private static void forget(Watched container) {
    LOCK.lock();
    try {
      ContainerWatch watch = WATCHES.remove(container);
      if (watch != null) {
        watch.close();
      }
    } finally {
      LOCK.unlock();
    }
  }

  /** Before the cgroup of a container is removed, and what is counted in it is lost. */
  public static void lastLook(Watched container) {
    ContainerWatch watch = WATCHES.get(container);
    if (watch != null) {
      watch.lastLook();
    }
  }
}
