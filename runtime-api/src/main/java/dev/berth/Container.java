package dev.berth;

import dev.berth.spec.IntelRdt;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.util.List;

/**
 * A container that exists. Safe for use by many threads, and beside other programs that use the
 * same container: what two do at once happens in some order, and whoever comes too late learns it
 * by a {@link ContainerStateException} or a {@link ContainerNotFoundException}.
 */
public interface Container extends AutoCloseable {

  /** The id. */
  String id();

  /**
   * The state, as the kernel and the state directory tell it now.
   *
   * @throws ContainerNotFoundException if the container has been deleted
   */
  State state();

  /**
   * The configuration that the container was made with, a copy from then, with the limits that it
   * was given since.
   */
  Spec spec();

  /**
   * The container's init process. If another JVM made the container, the streams are empty, and the
   * exit value is known only where that JVM has recorded it or, since Linux 6.15, the kernel tells
   * it; otherwise {@link ContainerProcess#exitValue()} throws.
   */
  ContainerProcess process();

  /**
   * Starts the program of a created container.
   *
   * @throws ContainerStateException if the container is not waiting for its start
   * @throws ContainerSetupException if the program could not be executed
   */
  void start();

  /**
   * Sends a signal to the container's first process.
   *
   * @throws ContainerStateException if the container is not running
   */
  void kill(Signal signal);

  /**
   * Sends a signal to every process in the container's cgroup, once, also to those that outlived
   * the first process. Does nothing where there is none. SIGKILL leaves out none that is just being
   * forked.
   */
  void killAll(Signal signal);

  /**
   * Stops all processes in the container's cgroup, also of a container that was not started yet,
   * and waits until they have stopped. They stay so, whatever becomes of this JVM, until {@link
   * #resume()}. Signals are kept for later, but for SIGKILL, which ends them, and on cgroup v2 any
   * other that a program does not handle and that would end it.
   *
   * @throws ContainerStateException if the container is not running, or is paused already
   * @throws UnsupportedFeatureException if it has no cgroup of its own, or the host no freezer
   * @throws ContainerException if a process does not stop within ten seconds, since it waits in the
   *     kernel; then all go on
   */
  void pause();

  /**
   * Lets the processes of a paused container go on.
   *
   * @throws ContainerStateException if the container is not paused
   * @throws ContainerException if a cgroup above the container's is frozen, so that they do not
   */
  void resume();

  /**
   * Changes limits, while the container runs or not, is paused or not. What {@code resources} does
   * not mention stays as it is: {@code null}, what is empty, and 0 where the specification's 0 is
   * no limit. -1 lifts a limit. Device rules are mentioned all or none. All limits change or none
   * does; but memory that the container then has too much of is gone, on cgroup v2 with the
   * processes that the kernel kills for it, unless {@code memory.checkBeforeUpdate} is set.
   *
   * @throws ContainerStateException if the container is not created, running or paused
   * @throws InvalidSpecException if there can be no such limits together with those that it has
   * @throws UnsupportedFeatureException if the container has no cgroup of its own, or the host not
   *     such a limit
   * @throws ContainerException if the kernel refuses a limit; the message says that all are as they
   *     were, or which could not be put back
   */
  void update(LinuxResources resources);

  /** The same, and schemata for the container's group of the resctrl file system. */
  void update(LinuxResources resources, IntelRdt schemata);

  /**
   * The same with fewer words. {@link Limits#UNLIMITED} lifts a limit.
   *
   * @throws IllegalArgumentException if {@code limits} limits swap, and nothing limits memory
   */
  void update(Limits limits);

  /**
   * Deletes a stopped container: its cgroup and its state.
   *
   * @throws ContainerStateException if the container is not stopped
   */
  void delete();

  /**
   * Kills whatever runs in the container, waits for its end, and deletes the container. Does
   * nothing if the container is gone, whoever deleted it.
   */
  void deleteForcibly();

  /** Begins a further process in the running container. */
  ExecBuilder exec(String... command);

  /** Begins a further process in the running container, described by the specification's record. */
  ExecBuilder exec(ProcessSpec process);

  /** What happens to the container. */
  ContainerEvents events();

  /** The processes in the container's cgroup, by their ids on the host, in ascending order. */
  List<ProcessHandle> processes();

  /**
   * What the container uses and has used, in one pass over the kernel's accounts. After its end
   * these remain, until it is deleted; with systemd's cgroups until the last process ended.
   *
   * @throws ContainerNotFoundException if the container has been deleted
   */
  Stats stats();

  /**
   * Kills and deletes a container that was made attached by this object; lets go of one that was
   * found by its id or made detached. Does nothing the second time, or when the container is gone.
   */
  @Override
  void close();
}
