package dev.berth.linux.lifecycle;

import dev.berth.ContainerException;
import dev.berth.ContainerNotFoundException;
import dev.berth.ContainerStateException;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.events.ContainerWatch;
import dev.berth.linux.events.EventQueue;
import dev.berth.linux.events.Watches;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import java.io.IOException;
import java.lang.System.Logger.Level;

/** Lets others know what happens to containers. */
public final class Observe {
  private static final System.Logger LOG = System.getLogger(Observe.class.getName());

  private Observe() {}

  /** Lets {@code queue} have the events of one. */
  public static void container(StateRoot root, ContainerId id, EventQueue queue) {
    try (StateDirectory directory = Query.find(root, id)) {
      Query query = Query.required(directory);
      if (query.record().pid() == 0) {
        throw new ContainerStateException(
            id.value(), query.status(), "cannot watch a container that has no process yet");
      }
      Watches.join(
          query.process().watched(directory.path()),
          queue,
          onDeleted -> open(root, directory, query, onDeleted));
    } catch (IOException e) {
      throw Failures.unlessDeleted(
          root, id, new ContainerException(id.value(), "watch: " + e.getMessage(), e));
    }
  }

  private static ContainerWatch open(
      StateRoot root, StateDirectory directory, Query query, Runnable onDeleted)
      throws IOException {
    ContainerWatch watch =
        ContainerWatch.open(
            directory.fd(), query.cgroup(), Inspect.process(root, query), onDeleted);
    if (directory.isDeleted()) {
      watch.close();
      throw new ContainerNotFoundException(directory.id().value());
    }
    return watch;
  }

  /** Lets {@code queue} have those of all that are there, and that this JVM makes from now on. */
  public static void all(StateRoot root, EventQueue queue) {
    Watches.joinAll(root.path(), queue);
    root.ids().forEach(id -> ifThere(root, id, queue));
  }

  /** To be called when a container has been made, before its program begins. */
  public static void made(StateRoot root, ContainerId id) {
    for (EventQueue queue : Watches.of(root.path())) {
      try {
        ifThere(root, id, queue);
      } catch (RuntimeException e) {
        queue.fail(e);
      }
    }
  }

  /** Nothing happens to one that is just being made or deleted. */
  private static void ifThere(StateRoot root, ContainerId id, EventQueue queue) {
    try {
      container(root, id, queue);
    } catch (ContainerNotFoundException | ContainerStateException notThere) {
      LOG.log(Level.DEBUG, "not watched: {0}", notThere.getMessage());
    }
  }
}
