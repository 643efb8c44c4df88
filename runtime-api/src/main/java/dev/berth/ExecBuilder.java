package dev.berth;

import java.lang.ProcessBuilder.Redirect;
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

  /** The numeric user and group. */
  ExecBuilder user(int uid, int gid);

  /** Where standard input comes from; {@link Redirect#PIPE} by default. */
  ExecBuilder redirectInput(Redirect source);

  /** Where standard output goes; {@link Redirect#PIPE} by default. */
  ExecBuilder redirectOutput(Redirect destination);

  /** Where standard error goes; {@link Redirect#PIPE} by default. */
  ExecBuilder redirectError(Redirect destination);

  /** Lets the process use this process's own standard input, output and error. */
  default ExecBuilder inheritIO() {
    return redirectInput(Redirect.INHERIT)
        .redirectOutput(Redirect.INHERIT)
        .redirectError(Redirect.INHERIT);
  }

  /** Makes a process that outlives this JVM. Streams that were not redirected are discarded. */
  ExecBuilder detached();

  /**
   * Starts the process.
   *
   * @throws ContainerStateException if the container is not running
   * @throws ContainerSetupException if the kernel refused a step, or the program cannot be executed
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
   * Runs the process, collecting its output. One that takes longer than {@code limit} is killed,
   * and the result says so.
   *
   * @throws ContainerException as {@link #start()} does
   * @throws InterruptedException if the calling thread is interrupted; the process is killed first
   */
  Result run(Duration limit) throws InterruptedException;
}
