package dev.berth;

import dev.berth.spi.RuntimeProvider;
import dev.berth.spi.RuntimeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs containers on this machine. Immutable and safe for use by many threads; a program usually
 * has one.
 *
 * {@snippet :
 * ContainerRuntime runtime = ContainerRuntime.create();
 * String kernel =
 *     runtime.container("uname").rootfs(alpine).command("uname", "-r")
 *         .run(Duration.ofSeconds(10)).orThrow().output();
 * }
 *
 * <p>Containers are kept below {@link #root()}, one directory each, where every runtime with the
 * same root sees them, in this JVM or another.
 *
 * <p>A program that runs until its JVM ends need not close its runtime. A part of a program that
 * can be unloaded, such as a plug-in or a web application, does: see {@link #close()}.
 *
 * <p>The library changes nothing of the process that it runs in: not its working directory, umask,
 * signal handlers, limits, ids or namespaces; nor its cgroup, unless {@link Builder#adoptCgroup()}
 * says so.
 */
public interface ContainerRuntime extends AutoCloseable {

  /**
   * A runtime with the default root: {@code /run/berth}, or {@code $XDG_RUNTIME_DIR/berth} for a
   * user other than root, and for root of a user namespace if that variable is set.
   *
   * @throws UnsupportedFeatureException if this machine cannot run containers, and what it lacks;
   *     or if there is no default root for this user
   * @throws IllegalStateException if no implementation is on the class path or module path
   */
  static ContainerRuntime create() {
    return builder().build();
  }

  /** A runtime with settings of its own. */
  static Builder builder() {
    return new Builder();
  }

  /** The directory that holds the state of every container, one directory each. */
  Path root();

  /**
   * Begins a new container. Nothing happens before {@link ContainerBuilder#create()}, {@link
   * ContainerBuilder#start()} or {@link ContainerBuilder#run()}.
   *
   * @param id unique below {@link #root()}: letters, digits, {@code _}, {@code +}, {@code -},
   *     {@code .}, at most 255
   * @throws IllegalArgumentException if the id is not of that form
   */
  ContainerBuilder container(String id);

  /**
   * The container with this id, whichever program made it; empty if there is none. Closing what was
   * found lets go of it and leaves the container as it is.
   *
   * @throws IllegalArgumentException if the id is not of the form of an id
   */
  Optional<Container> find(String id);

  /** All containers below {@link #root()}, by id; each as {@link #find} gives it. */
  List<Container> containers();

  /**
   * What happens to all containers below {@link #root()}: those that are there, and those that this
   * JVM makes from then on. Those that other programs make later are not among them.
   */
  ContainerEvents events();

  /**
   * Closes the runtime. Kills what it is just making, which throws {@link ContainerSetupException}
   * there; kills and deletes the attached containers that it made and that still run, and kills
   * attached exec processes; ends subscriptions to events, and waits for processes that are not
   * this JVM's children. Returns when that is done. Detached containers go on.
   *
   * <p>From then on every method of the runtime, of its containers and of its builders that would
   * do something throws {@link IllegalStateException}; closing them does nothing. The second time,
   * this method does nothing.
   *
   * <p>The runtimes of a JVM share a few threads and descriptors. When the last one is closed,
   * these are given back, so that the class loader of the library can be unloaded. A detached
   * container that this JVM made keeps them until its first process has ended, since only its
   * parent can reap it. Without this method the threads end ten seconds after their last use, and
   * some descriptors stay.
   */
  @Override
  void close();

  /** Settings of a {@link ContainerRuntime}. Not safe for use by several threads. */
  final class Builder {
    private @Nullable Path root;
    private CgroupDriver cgroupDriver = CgroupDriver.CGROUPFS;
    private boolean adoptsCgroup;
    private Duration launchTimeout = Duration.ofSeconds(30);

    private Builder() {}

    /**
     * Where the state is kept. Made when the first container is, with mode 0700; must be on a file
     * system of this machine.
     */
    public Builder root(Path root) {
      this.root = root;
      return this;
    }

    /**
     * Who makes the cgroups of new containers; by default {@link CgroupDriver#CGROUPFS}. Containers
     * that are there keep what they have, and every runtime can work with them.
     */
    public Builder cgroupDriver(CgroupDriver driver) {
      this.cgroupDriver = driver;
      return this;
    }

    /**
     * Takes the cgroup that this JVM is in for its containers: {@link #build()} moves the JVM, all
     * its threads, into a cgroup {@code berth-jvm} inside that one. Containers whose configuration
     * does not say where from the root on have their cgroups beside it then, whichever runtime of
     * this JVM makes them.
     *
     * <p>Of use where that cgroup is delegated to this program and no other can be had: in a
     * service or scope of systemd with {@code Delegate=yes}, or in a container. In cgroup v2 only a
     * cgroup without processes in itself can set limits to those inside it (<a
     * href="https://docs.kernel.org/admin-guide/cgroup-v2.html#no-internal-process-constraint">no
     * internal process constraint</a>), so the JVM stands in the way of its own containers until it
     * is moved. Other processes are never moved.
     *
     * <p>Nothing happens where this was done before, by this JVM or by one that has started it; in
     * the root cgroup of the machine, which may do both; and with cgroup v1, which knows no such
     * rule. {@code berth-jvm} is still there when the JVM ends, since the JVM is still in it;
     * systemd removes it with the service or scope.
     */
    public Builder adoptCgroup() {
      this.adoptsCgroup = true;
      return this;
    }

    /**
     * How long an operation may wait for a process that it makes or starts, up to the execution of
     * its program, and for a lock that another program holds on a container: create, start, exec,
     * pause, resume, update and delete, each. The default is 30 seconds. What is half-made is
     * killed then, and the operation throws {@link ContainerSetupException}.
     *
     * <p>A hook without a timeout counts into it; the timeouts of hooks that have one are added to
     * it. A hook that comes after a deletion is killed, and the deletion goes on. An interrupt of
     * the calling thread ends the same waits, except those of a deletion.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder launchTimeout(Duration timeout) {
      if (!timeout.isPositive()) {
        throw new IllegalArgumentException("launchTimeout: must be positive, is " + timeout);
      }
      this.launchTimeout = timeout;
      return this;
    }

    /**
     * A runtime with these settings.
     *
     * @throws UnsupportedFeatureException if this machine cannot run containers, and what it lacks;
     *     or if this JVM's cgroup was to be adopted and other processes are in it or it is not this
     *     user's, and then the JVM is where it was
     * @throws IllegalStateException if no implementation is on the class path or module path
     */
    public ContainerRuntime build() {
      return RuntimeProvider.get()
          .runtime(
              new RuntimeSettings(
                  Optional.ofNullable(root), cgroupDriver, adoptsCgroup, launchTimeout));
    }
  }
}
