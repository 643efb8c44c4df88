package dev.berth.linux.lifecycle;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.lifecycle.Operation;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Cancellation;
import java.io.IOException;

/**
 * The operations "pause" and "resume". That a container is paused is never written down: its cgroup
 * knows.
 */
public final class Pause {
  private Pause() {}

  /** Stops all processes of a container, and waits until they have. */
  public static void pause(StateRoot root, ContainerId id, Cancellation cancellation) {
    change(root, id, cancellation, Operation.PAUSE, cgroup -> cgroup.freezer().freeze());
  }

  /** Lets them go on. */
  public static void resume(StateRoot root, ContainerId id, Cancellation cancellation) {
    change(root, id, cancellation, Operation.RESUME, cgroup -> cgroup.freezer().thaw());
  }

  private interface Change {
    void make(Cgroup cgroup) throws IOException;
  }

  private static void change(
      StateRoot root,
      ContainerId id,
      Cancellation cancellation,
      Operation operation,
      Change change) {
    try (StateDirectory directory = Query.lock(root, id, cancellation)) {
      Query query = Query.required(directory).withPause();
      operation.requireAllowed(id.value(), query.status(), query.record().pid());
      change.make(
          query
              .cgroup()
              .orElseThrow(() ->
                  new UnsupportedFeatureException(
                      ("container \"%s\": cannot pause: it has no cgroup of its own, which is what"
                              + " stops all of its processes; make it as root, or with"
                              + " linux.cgroupsPath in a cgroup that is delegated to this user")
                          .formatted(id))));
    } catch (IOException e) {
      throw Failures.of(root, id, e);
    }
  }
}
