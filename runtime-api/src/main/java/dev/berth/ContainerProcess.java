package dev.berth;

import java.util.Optional;

/**
 * A process in a container, as a {@link Process} like any other: streams, {@link #onExit()}, {@link
 * #waitFor()}, {@link #toHandle()}. The pid is the one on the host.
 *
 * <p>A program that a signal ended has 128 plus the signal's number as its exit value. The streams
 * end with the process, soon after its last output was read, even if one of its children still
 * holds them open.
 *
 * <p>A process with a terminal has one stream in each direction: what it prints, errors included,
 * is {@link #getInputStream()}, with the line ends of a terminal, {@code \r\n}; {@link
 * #getErrorStream()} is empty. What is written to {@link #getOutputStream()} is as if typed: Ctrl-C
 * is the byte 3. To close that stream types the character for "end of file", Ctrl-D, if the program
 * reads lines.
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
   *     kernel told its exit value to that program alone, which has not noted it
   */
  @Override
  public abstract int exitValue();

  /**
   * Sends a signal to the process, unless it has ended.
   *
   * @throws ContainerException if this JVM may not send it
   */
  public abstract void signal(Signal signal);

  /**
   * Tells the process of another size of its terminal, in characters: the program in the foreground
   * gets SIGWINCH. Does nothing once the process has ended.
   *
   * @throws UnsupportedOperationException if the process has no terminal, or somebody else has its
   *     other end
   * @throws IllegalArgumentException if a number is not within 0 to 65535
   */
  public abstract void resize(int columns, int rows);

  /** Why the process ended; empty until it has. */
  public abstract Optional<Ending> ending();

  /**
   * What the kernel killed in the container for want of memory during the life of the process: the
   * process itself, as {@link #ending()} tells, or others. Empty until the process ended, if
   * nothing was killed, and where nobody counts: without the memory controller.
   */
  public abstract Optional<MemoryKills> memoryKills();

  /**
   * What was used by the process, and by what {@link Usage} says that it stands for; empty until it
   * ended, and of another program's child.
   */
  public abstract Optional<Usage> usage();
}
