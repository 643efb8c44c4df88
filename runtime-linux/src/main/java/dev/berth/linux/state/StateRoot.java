package dev.berth.linux.state;

import static dev.berth.linux.sys.Directories.O_CLOEXEC;
import static dev.berth.linux.sys.Directories.O_DIRECTORY;
import static dev.berth.linux.sys.Directories.O_NOFOLLOW;
import static dev.berth.linux.sys.Directories.O_PATH;
import static dev.berth.linux.sys.Directories.O_RDONLY;

import dev.berth.ContainerExistsException;
import dev.berth.ContainerNotFoundException;
import dev.berth.UnsupportedFeatureException;
import dev.berth.core.state.ContainerId;
import dev.berth.core.text.HostPath;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.FileStatus;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The directory that has a {@link StateDirectory} for each container. */
public final class StateRoot {
  private static final int DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

  private static final int PARENT = O_PATH | O_DIRECTORY | O_CLOEXEC;

  private final Path path;

  /**
   * Nothing is made or opened yet.
   *
   * @param path absolute
   */
  public StateRoot(Path path) {
    this.path = path;
  }

  /**
   * The root for one who has not chosen any: {@code /run/berth} for the machine's root, and for
   * others, among them root of a user namespace, {@code $XDG_RUNTIME_DIR/berth}.
   *
   * @throws UnsupportedFeatureException if there is no such directory for the user
   */
  public static Path defaultPath(
      long uid, boolean inFirstUserNamespace, Optional<String> xdgRuntimeDirectory) {
    boolean isRoot = uid == 0 && (inFirstUserNamespace || xdgRuntimeDirectory.isEmpty());
    if (isRoot) {
      return Path.of("/run/berth");
    }
    return xdgRuntimeDirectory
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> HostPath.of(directory + "/berth"))
        .orElseThrow(() ->
            new UnsupportedFeatureException(
                "no place for the state of uid %s's containers: $XDG_RUNTIME_DIR, which a login sets,"
                        .formatted(uid)
                    + " is not an absolute path; name another directory as the root"));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /**
   * Makes the directory of a new container, locked, and the root before it.
   *
   * @throws ContainerExistsException if the id is taken
   * @throws UncheckedIOException if it cannot be made
   * @throws CancelledException if the operation ends before
   */
  public StateDirectory create(ContainerId id, Cancellation cancellation) throws IOException {
    try (Fd root = openOrMake()) {
      Optional<StateDirectory> made = make(root, id, cancellation);
      while (made.isEmpty()) {
        made = make(root, id, cancellation);
      }
      return made.get();
    } catch (SyscallException e) {
      if (e.errno() == Errno.EEXIST) {
        throw new ContainerExistsException(id.value());
      }
      throw new UncheckedIOException("state root \"%s\": %s".formatted(path, e.getMessage()), e);
    } catch (CancelledException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("state root \"%s\": %s".formatted(path, e.getMessage()), e);
    }
  }

  /** Empty if somebody took it for a leftover, and deleted it before it was locked. */
  private Optional<StateDirectory> make(Fd root, ContainerId id, Cancellation cancellation)
      throws IOException {
    Directories.mkdirat(root, id.value(), 0700);
    Optional<StateDirectory> made = open(root, id);
    if (made.isPresent()) {
      try {
        made.get().lock(cancellation);
      } catch (ContainerNotFoundException deleted) {
        made.get().close();
        return Optional.empty();
      } catch (IOException | RuntimeException | Error e) {
        made.get().close();
        throw e;
      }
    }
    return made;
  }

  private Optional<StateDirectory> open(Fd root, ContainerId id) throws SyscallException {
    try {
      Fd directory = Directories.openat(root, id.value(), DIRECTORY, 0);
      return Optional.of(new StateDirectory(id, directory, path));
    } catch (SyscallException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The directory of a container; empty if there is no container with this id. */
  public Optional<StateDirectory> find(ContainerId id) {
    try (Fd root = open()) {
      return open(root, id);
    } catch (IOException e) {
      if (e instanceof SyscallException refused && refused.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw new UncheckedIOException("state root \"%s\": %s".formatted(path, e.getMessage()), e);
    }
  }

  /** The ids of all containers, in order. */
  public List<ContainerId> ids() {
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .map(entry -> entry.getFileName().toString())
          .filter(ContainerId::isId)
          .sorted()
          .map(ContainerId::new)
          .toList();
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("state root \"%s\": %s".formatted(path, e.getMessage()), e);
    }
  }

  private Fd openOrMake() throws IOException {
    Path parent = Objects.requireNonNullElse(path.getParent(), path);
    try (Fd directory = openOrMakeParent(parent)) {
      requireSafe(Directories.statx(directory), parent);
      return openOrMake(directory);
    }
  }

  private static Fd openOrMakeParent(Path parent) throws IOException {
    try {
      return Directories.open(HostPath.text(parent), PARENT, 0);
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    Set<PosixFilePermission> private_ = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(parent, PosixFilePermissions.asFileAttribute(private_));
    return Directories.open(HostPath.text(parent), PARENT, 0);
  }

  /** Sticky, which keeps those who tidy up $XDG_RUNTIME_DIR from it. */
  private Fd openOrMake(Fd parent) throws IOException {
    try {
      return open();
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    try {
      Directories.mkdirat(parent, HostPath.text(path.getFileName()), 01700);
    } catch (SyscallException e) {
      if (e.errno() != Errno.EEXIST) { // made by somebody else meanwhile
        throw e;
      }
    }
    return open();
  }

  /** In such a directory everybody could put another in the root's place, with other containers. */
  private static void requireSafe(FileStatus parent, Path path) throws IOException {
    if (parent.isReplaceableByAll()) {
      throw new IOException(
          "all can replace it, since %s has mode %04o; chmod that to +t, or choose another"
              .formatted(path, parent.permissions()));
    }
  }

  private Fd open() throws IOException {
    Fd root = Directories.open(HostPath.text(path), DIRECTORY, 0);
    try {
      requireOwn(Directories.statx(root));
      return root;
    } catch (IOException e) {
      root.close();
      throw e;
    }
  }

  /** Where others can write, they can put down containers, and pids to be killed in their name. */
  private static void requireOwn(FileStatus status) throws IOException {
    if (status.uid() != Host.geteuid()) {
      throw new IOException("belongs to uid %s; choose another".formatted(status.uid()));
    }
    if (status.isWritableByOthers()) {
      throw new IOException(
          "others can write to it (mode %04o); chmod it to 0700".formatted(status.permissions()));
    }
  }
}
