package dev.berth;

import dev.berth.spi.RuntimeProvider;
import dev.berth.spi.RuntimeSettings;
import java.nio.file.Path;
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
 * <p>The library changes nothing of the process that it runs in: not its working directory, umask,
 * signal handlers, limits, ids or namespaces.
 */
public interface ContainerRuntime {

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

  /** Settings of a {@link ContainerRuntime}. Not safe for use by several threads. */
  final class Builder {
    private @Nullable Path root;

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
     * A runtime with these settings.
     *
     * @throws UnsupportedFeatureException if this machine cannot run containers, and what it lacks
     * @throws IllegalStateException if no implementation is on the class path or module path
     */
    public ContainerRuntime build() {
      return RuntimeProvider.get().runtime(new RuntimeSettings(Optional.ofNullable(root)));
    }
  }
}
