package dev.berth;

import dev.berth.spec.Mount;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Spec;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A container to be, as {@link ProcessBuilder} is a process to be: set what differs from the
 * defaults, then create, start or run it. Changes after that do not touch what was made. Not safe
 * for use by several threads.
 *
 * <p>The configuration begins as the specification of a {@link #bundle}, as a given {@link #spec},
 * or as the defaults: the configuration that {@code berth spec} writes, without a terminal, and for
 * a user other than root {@code berth spec --rootless}: in a user namespace with one id, on the
 * host's network. The other methods change parts of it; {@link #edit} comes last and reaches all of
 * it.
 */
public interface ContainerBuilder {

  /** The configuration and root file system of {@code bundle}. */
  ContainerBuilder bundle(Bundle bundle);

  /**
   * The bundle in {@code directory}.
   *
   * @throws InvalidSpecException if its {@code config.json} cannot be used, with every problem
   */
  default ContainerBuilder bundle(Path directory) {
    return bundle(Bundle.open(directory));
  }

  /** This configuration, in place of a bundle's; {@code root.path} must be absolute. */
  ContainerBuilder spec(Spec spec);

  /**
   * The directory that becomes {@code /}; {@code root.path}. Required unless a bundle or a
   * configuration is given. Mount points that are missing are created in it, and stay.
   */
  ContainerBuilder rootfs(Path directory);

  /** Lets the container write to its root file system, which is read-only by default. */
  ContainerBuilder writable();

  /** The program and its arguments; {@code process.args}. */
  ContainerBuilder command(String... command);

  /** Adds a variable to the environment, or replaces it; {@code process.env}. */
  ContainerBuilder environment(String name, String value);

  /** The working directory of the program, an absolute path in the container. */
  ContainerBuilder directory(String directory);

  /**
   * The numeric user and group that the program runs as; {@code process.user}.
   *
   * @throws IllegalArgumentException if one of them is less than 0
   */
  ContainerBuilder user(int uid, int gid);

  /** The name that the container has for itself. */
  ContainerBuilder hostname(String hostname);

  /**
   * Gives the program a terminal of its own, in place of the three standard streams; {@code
   * process.terminal}. The container needs a devpts at {@code /dev/pts}, which the defaults have.
   * See {@link ContainerProcess} for the streams of such a process.
   */
  ContainerBuilder terminal();

  /**
   * {@link #terminal()} of this size, in characters; {@code process.consoleSize}.
   *
   * @throws IllegalArgumentException if a number is not within 0 to 65535
   */
  ContainerBuilder terminal(int columns, int rows);

  /** Adds a mount. */
  ContainerBuilder mount(Mount mount);

  /**
   * Shows {@code source} of the host at {@code destination}, read-only.
   *
   * @throws IllegalArgumentException if {@code destination} is not absolute
   */
  ContainerBuilder bindReadOnly(Path source, String destination);

  /**
   * Shows {@code source} of the host at {@code destination}, writable.
   *
   * @throws IllegalArgumentException if {@code destination} is not absolute
   */
  ContainerBuilder bind(Path source, String destination);

  /**
   * Which system calls the container may make, such as {@link Seccomp#HARDENED}; {@code
   * linux.seccomp}, which is absent by default.
   */
  ContainerBuilder seccomp(Seccomp profile);

  /** What the container may use at the most. */
  ContainerBuilder limits(Limits limits);

  /**
   * With cgroup v2, puts the first process into a cgroup {@code init} inside the container's, so
   * that memory, processes and I/O of an exec with {@linkplain ExecBuilder#ownCgroup() a cgroup of
   * its own}, beside it, can be counted. The limits are the container's as ever, of all together;
   * but a program that has a cgroup namespace cannot see them. With cgroup v1 nothing changes.
   */
  ContainerBuilder splitCgroup();

  /**
   * Changes the whole configuration, after everything else was applied. May be given repeatedly.
   */
  ContainerBuilder edit(UnaryOperator<Spec> change);

  /**
   * Leaves the container the session keyring that this JVM has, keys and all, in place of one of
   * its own; session-keyring(7). For where keys cannot be made.
   */
  ContainerBuilder inheritKeyring();

  /** Where standard input comes from; {@link Redirect#PIPE} by default. */
  ContainerBuilder redirectInput(Redirect source);

  /** Where standard output goes; {@link Redirect#PIPE} by default. */
  ContainerBuilder redirectOutput(Redirect destination);

  /** Where standard error goes; {@link Redirect#PIPE} by default. */
  ContainerBuilder redirectError(Redirect destination);

  /**
   * The number of bytes that {@code run} keeps of standard output, and of standard error; 1 MiB of
   * each by default. What the program writes beyond it is read and dropped, so that the program
   * never waits; {@link Result#outputDropped()} and {@link Result#errorDropped()} tell how much
   * that was.
   *
   * @throws IllegalArgumentException if it is less than 0
   */
  ContainerBuilder outputLimit(int bytes);

  /**
   * Lets the container use this process's own standard input, output and error. One that was closed
   * when this JVM started is the null device; one with a higher number than that is refused at the
   * start, since it may be a file of the JVM.
   */
  default ContainerBuilder inheritIO() {
    return redirectInput(Redirect.INHERIT)
        .redirectOutput(Redirect.INHERIT)
        .redirectError(Redirect.INHERIT);
  }

  /**
   * Changes the root by moving the new one over the old one and chroot(2), instead of
   * pivot_root(2): for a host that runs from its initial ramfs, which pivot_root(2) cannot leave.
   * The old root stays below, where a process with {@code CAP_SYS_ADMIN} can uncover it; {@code
   * /proc} and {@code /sys} are taken away from it.
   */
  ContainerBuilder withoutPivot();

  /**
   * Sends the program's terminal, the end that this JVM would have, to whoever listens at {@code
   * socket}: a Unix socket, {@code SOCK_STREAM}, which gets one message with the descriptor. This
   * is how engines want it.
   */
  ContainerBuilder consoleSocket(Path socket);

  /**
   * Hands descriptors of this process to the program, which finds them as 3, 4, … They stay this
   * process's own, and must be open until the container is created.
   *
   * @param numbers of this process
   * @throws IllegalArgumentException if there are more than 128, or one is less than 0
   */
  ContainerBuilder descriptors(int... numbers);

  /**
   * Sends a pidfd of the container's first process, once it is created, to whoever listens on an
   * {@code AF_UNIX} stream socket: with {@code SCM_RIGHTS}, in one message.
   */
  ContainerBuilder pidfdSocket(Path socket);

  /**
   * Makes a container that outlives this JVM and that {@link Container#close()} leaves alone. Its
   * standard streams must not be pipes: those that were not redirected are discarded. A terminal
   * ends with this JVM, by a hang-up, unless a {@link #consoleSocket} takes it.
   */
  ContainerBuilder detached();

  /** The configuration as it stands. */
  Spec spec();

  /**
   * What would happen, step by step, in words; nothing is done.
   *
   * @throws InvalidSpecException if the configuration cannot be used, with every problem
   * @throws UnsupportedFeatureException if the configuration asks for what Berth cannot do yet
   */
  String explain();

  /**
   * Makes the container and leaves it waiting for {@link Container#start()}.
   *
   * @throws ContainerExistsException if the id is taken
   * @throws InvalidSpecException if the configuration cannot be used, with every problem
   * @throws UnsupportedFeatureException if the configuration asks for what Berth or this machine
   *     cannot do
   * @throws ContainerSetupException if the kernel refused a step; nothing is left behind
   */
  Container create();

  /**
   * Makes the container and starts its program.
   *
   * @throws ContainerException as {@link #create()} does, and if the program cannot be executed;
   *     nothing is left behind
   */
  Container start();

  /**
   * Runs the program to its end, however long it takes, collecting its output, and deletes the
   * container.
   *
   * @throws ContainerException as {@link #start()} does
   * @throws InterruptedException if the calling thread is interrupted; the container is killed and
   *     deleted first
   */
  Result run() throws InterruptedException;

  /**
   * Runs the program, collecting its output, and deletes the container. A program that takes longer
   * than {@code limit} is killed, with everything it started, and the result says so.
   *
   * @throws IllegalArgumentException if {@code limit} is not longer than 0; nothing is done then
   * @throws ContainerException as {@link #start()} does
   * @throws InterruptedException if the calling thread is interrupted; the container is killed and
   *     deleted first
   */
  Result run(Duration limit) throws InterruptedException;

  /** The program and its arguments; {@code process.args}. */
  default ContainerBuilder command(List<String> command) {
    return command(command.toArray(String[]::new));
  }
}
