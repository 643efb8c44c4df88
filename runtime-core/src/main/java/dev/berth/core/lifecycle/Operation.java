package dev.berth.core.lifecycle;

import dev.berth.ContainerStateException;
import dev.berth.Status;

/**
 * What can be asked of a container, and in which status; runtime-spec, "Operations". Engines look
 * for the words "container not running" to learn that somebody else was faster, and for "container
 * not paused".
 */
public enum Operation {
  START {
    @Override
    String refusal(Status status, long pid) {
      return switch (status) {
        case CREATED -> "";
        case CREATING -> "cannot start: it is still being created";
        case RUNNING -> "already running (pid %s); use exec for a further command".formatted(pid);
        case PAUSED -> "cannot start: it is paused; resume it first";
        case STOPPED -> "cannot start: it has stopped; delete it and create it anew";
      };
    }
  },

  KILL {
    @Override
    String refusal(Status status, long pid) {
      return switch (status) {
        case CREATED, RUNNING, PAUSED -> "";
        case CREATING -> "cannot send a signal: it is still being created";
        case STOPPED -> "cannot send a signal: container not running";
      };
    }
  },

  DELETE {
    @Override
    String refusal(Status status, long pid) {
      return switch (status) {
        case STOPPED -> "";
        case CREATING -> "cannot delete: it is still being created; delete it with force";
        case CREATED, RUNNING, PAUSED ->
            "cannot delete: it is %s (pid %s); kill it first, or delete it with force"
                .formatted(status, pid);
      };
    }
  },

  EXEC {
    @Override
    String refusal(Status status, long pid) {
      return switch (status) {
        case CREATED, RUNNING -> "";
        case CREATING -> "cannot exec: it is still being created";
        case PAUSED ->
            "cannot exec in a paused container; resume it first, or wait for that"
                + " (--ignore-paused)";
        case STOPPED -> "cannot exec: container not running";
      };
    }
  },

  PAUSE {
    @Override
    String refusal(Status status, long pid) {
      return switch (status) {
        case CREATED, RUNNING -> "";
        case CREATING -> "cannot pause: it is still being created";
        case PAUSED -> "cannot pause: container not running; it is paused already";
        case STOPPED -> "cannot pause: container not running";
      };
    }
  },

  RESUME {
    @Override
    String refusal(Status status, long pid) {
      return switch (status) {
        case PAUSED -> "";
        case CREATING, CREATED, RUNNING, STOPPED ->
            "cannot resume: container not paused; it is %s".formatted(status);
      };
    }
  },

  UPDATE {
    @Override
    String refusal(Status status, long pid) {
      return switch (status) {
        case CREATED, RUNNING, PAUSED -> "";
        case CREATING -> "cannot update: it is still being created";
        case STOPPED -> "cannot update: container not running";
      };
    }
  };

  abstract String refusal(Status status, long pid);

  /**
   * Lets the operation pass or explains why not.
   *
   * @param pid of the container's first process, for the message
   * @throws ContainerStateException if a container in this status does not allow the operation
   */
  public void requireAllowed(String id, Status status, long pid) {
    String refusal = refusal(status, pid);
    if (!refusal.isEmpty()) {
      throw new ContainerStateException(id, status, refusal);
    }
  }
}
