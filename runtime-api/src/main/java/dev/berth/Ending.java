package dev.berth;

import java.time.Duration;

/**
 * Why a process ended. Where two reasons meet, the one that comes first here is told:
 *
 * <ol>
 *   <li>{@link TimedOut}: of a {@code run} with a limit, whose time was over
 *   <li>{@link Exited}: it ended by itself, also after a signal that it handled
 *   <li>{@link Killed}: it ended by a signal that this program had sent before
 *   <li>{@link OutOfMemory}: it ended by a SIGKILL that this program had not sent, and during its
 *       life the kernel had killed for want of memory in its container
 *   <li>{@link Signalled}: any other signal
 * </ol>
 *
 * <p>The kernel does not tell whom it killed, only how often, and that before the process ends. So
 * {@link OutOfMemory} is certain but for one case: another of the container's processes was killed
 * so, and afterwards another program sent this one SIGKILL. Where systemd made the cgroup, it may
 * have removed it before the last count could be read; then a SIGKILL that this program had not
 * sent counts as such a kill if the kernel had said within the second before that memory was short.
 * What was killed beside a process that ended otherwise is in {@link
 * ContainerProcess#memoryKills()}.
 */
public sealed interface Ending {

  /**
   * By itself.
   *
   * @param status the exit status, 0 to 255
   */
  record Exited(int status) implements Ending {}

  /**
   * By a signal: from its container, from another program, or from the kernel.
   *
   * @param coreDumped whether its memory was written down for a debugger; core(5)
   */
  record Signalled(Signal signal, boolean coreDumped) implements Ending {}

  /** By the kernel, because there was no memory left. */
  record OutOfMemory(MemoryKills kills) implements Ending {}

  /**
   * Because its time was over.
   *
   * @param limit the time that it had
   */
  record TimedOut(Duration limit) implements Ending {}

  /**
   * By this program: {@code destroy}, {@code kill}, {@code close} and all else that kills; or by
   * the one that made the container, if that is another.
   */
  record Killed(Signal signal) implements Ending {}

  /**
   * It was another program's child, which has noted nothing, and the kernel tells how it ended to
   * that program alone; since Linux 6.15 also to who has waited for it.
   */
  record Unknown() implements Ending {}
}
