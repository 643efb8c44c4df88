package dev.berth;

import java.util.Locale;

/**
 * Where a container is in its life; "status" of the runtime-spec's state, and {@link #PAUSED},
 * which the specification leaves to runtimes.
 */
public enum Status {
  /** Being made; its program cannot be started yet. */
  CREATING,
  /** Made, and waiting for its start. */
  CREATED,
  /** Its program runs. */
  RUNNING,
  /** All of its processes are stopped by {@link Container#pause()}, whether started or not. */
  PAUSED,
  /** Its program has ended, or could not begin. */
  STOPPED;

  /** The specification's word, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
