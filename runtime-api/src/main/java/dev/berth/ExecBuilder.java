package dev.berth;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A further process to be in a running container. It has the container's environment, working
 * directory, user, capabilities and limits unless told otherwise. Not safe for use by several
 * threads.
 */
public interface ExecBuilder {

  /** Adds a variable to the environment, or replaces it. */
  ExecBuilder environment(String name, String value);

  /** The working directory, an absolute path in the container. */
  ExecBuilder directory(String directory);

  /**
   * The numeric user and group.
   *
   * @throws IllegalArgumentException if one of them is less than 0
   */
  ExecBuilder user(int uid, int gid);

  /**
   * Gives the process a terminal of its own, one of the container's devpts, in place of the three
   * standard streams. See {@link ContainerProcess} for the streams of such a process.
   */
  ExecBuilder terminal();

  /**
   * {@link #terminal()} of this size, in characters.
   *
   * @throws IllegalArgumentException if a number is not within 0 to 65535
   */
  ExecBuilder terminal(int columns, int rows);

  /**
   * Further groups, numeric, besides those that the container's first process has.
   *
   * @throws IllegalArgumentException if one of them is less than 0
   */
  ExecBuilder additionalGroups(int... gids);

  /**
   * Capabilities, such as {@code CAP_NET_ADMIN}, besides those of the container's first process: in
   * the bounding, the effective and the permitted set.
   */
  ExecBuilder capabilities(String... names);

  /** Whether execve(2) can give the program no further privileges. */
  ExecBuilder noNewPrivileges(boolean set);

  /**
   * Puts the process into a cgroup in the container's, in every hierarchy. It must be there
   * already.
   *
   * @param path from the container's cgroup, which is also {@code /}
   * @throws IllegalArgumentException if there is {@code ..} in it, or a cgroup was given before
   */
  ExecBuilder cgroup(String path);

  /**
   * The same in the hierarchy of one controller of cgroup version 1 alone. May be given for
   * several.
   *
   * @param controller such as {@code cpu}
   */
  ExecBuilder cgroup(String controller, String path);

  /**
   * Puts the process into a new cgroup inside the container's, of which {@link
   * ContainerProcess#usage()} tells what was used in it, by the process and all that it has
   * started. When the process ends, by itself or at the {@linkplain #run(Duration) limit}, what it
   * has started and left behind is killed, and the cgroup removed.
   *
   * <p>With cgroup v1 everything is counted. With cgroup v2 it is processor time alone, unless the
   * container was made with a {@linkplain ContainerBuilder#splitCgroup() split cgroup}: memory,
   * processes and I/O are counted only below a cgroup that has no processes itself.
   *
   * <p>Should this JVM end before the process, the cgroup remains as long as the container.
   */
  ExecBuilder ownCgroup();

  /**
   * Lets {@link #start()} wait while the container is paused, until it is resumed; without this, an
   * exec in a paused container is refused. Made at once, a process would stop before its program
   * began, and whoever waits for that with it.
   */
  ExecBuilder awaitResume();

  /**
   * Hands descriptors of this process to the program, which finds them as 3, 4, … They stay this
   * process's own, and must be open until the program is started.
   *
   * @param numbers of this process
   * @throws IllegalArgumentException if there are more than 128, or one is less than 0
   */
  ExecBuilder descriptors(int... numbers);

  /**
   * Sends a pidfd of the process, once its program runs, to whoever listens on an {@code AF_UNIX}
   * stream socket: with {@code SCM_RIGHTS}, in one message.
   */
  ExecBuilder pidfdSocket(Path socket);

  /** Where standard input comes from; {@link Redirect#PIPE} by default. */
  ExecBuilder redirectInput(Redirect source);

  /** Where standard output goes; {@link Redirect#PIPE} by default. */
  ExecBuilder redirectOutput(Redirect destination);

  /** Where standard error goes; {@link Redirect#PIPE} by default. */
  ExecBuilder redirectError(Redirect destination);

  /**
   * The number of bytes that {@code run} keeps of standard output, and of standard error; 1 MiB of
   * each by default. What the program writes beyond it is read and dropped, so that the program
   * never waits; {@link Result#outputDropped()} and {@link Result#errorDropped()} tell how much
   * that was.
   *
   * @throws IllegalArgumentException if it is less than 0
   */
  ExecBuilder outputLimit(int bytes);

  /**
   * Lets the process use this process's own standard input, output and error. One that was closed
   * when this JVM started is the null device; one with a higher number than that is refused at the
   * start, since it may be a file of the JVM.
   */
  default ExecBuilder inheritIO() {
    return redirectInput(Redirect.INHERIT)
        .redirectOutput(Redirect.INHERIT)
        .redirectError(Redirect.INHERIT);
  }

  /**
   * Sends the terminal, the end that this JVM would have, to whoever listens at {@code socket}; see
   * {@link ContainerBuilder#consoleSocket}.
   */
  ExecBuilder consoleSocket(Path socket);

  /**
   * Makes a process that outlives this JVM. Streams that were not redirected are discarded. A
   * terminal ends with this JVM, by a hang-up, unless a {@link #consoleSocket} takes it.
   */
  ExecBuilder detached();

  /**
   * Starts the process.
   *
   * @throws ContainerStateException if the container is not running, or is paused
   * @throws ContainerSetupException if the kernel refused a step, the program cannot be executed,
   *     or the launch did not end within {@link ContainerRuntime.Builder#launchTimeout} or was
   *     interrupted
   */
  ContainerProcess start();

  /**
   * Runs the process to its end, collecting its output.
   *
   * @throws ContainerException as {@link #start()} does
   * @throws InterruptedException if the calling thread is interrupted; the process is killed first
   */
  Result run() throws InterruptedException;

  /**
   * Runs the process, collecting its output. One that takes longer than {@code limit}, which
   * includes its launch, is killed, and the result says so.
   *
   * @throws IllegalArgumentException if {@code limit} is not longer than 0; nothing is done then
   * @throws ContainerException as {@link #start()} does
   * @throws InterruptedException if the calling thread is interrupted; the process is killed first
   */
  Result run(Duration limit) throws InterruptedException;
}
