package dev.berth;

import java.util.Optional;

/**
 * A process in a container, as a {@link Process} like any other: streams, {@link #onExit()}, {@link
 * #waitFor()}, {@link #toHandle()}. The pid is the one on the host.
 *
 * <p>A program that a signal ended has 128 plus the signal's number as its exit value. The streams
 * end with the process, soon after its last output was read, even if one of its children still
 * holds them open.
 */
public abstract class ContainerProcess extends Process {

  /** For implementations. */
  protected ContainerProcess() {}

  /** The container that the process runs in. */
  public abstract String containerId();

  /**
   * The exit value of a process that has ended.
   *
   * @throws IllegalThreadStateException if it has not
   * @throws ContainerException if the process ended and was another program's child, so that the
   *     kernel told its exit value to that program alone
   */
  @Override
  public abstract int exitValue();

  /**
   * Sends a signal to the process, unless it has ended.
   *
   * @throws ContainerException if this JVM may not send it
   */
  public abstract void signal(Signal signal);

  /** What the process and its awaited children used; empty until it ended, or where unknown. */
  public abstract Optional<Usage> usage();
}
