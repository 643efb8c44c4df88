package dev.berth.linux.state;

import static dev.berth.linux.sys.Directories.O_CLOEXEC;
import static dev.berth.linux.sys.Directories.O_CREAT;
import static dev.berth.linux.sys.Directories.O_EXCL;
import static dev.berth.linux.sys.Directories.O_NOFOLLOW;
import static dev.berth.linux.sys.Directories.O_RDONLY;
import static dev.berth.linux.sys.Directories.O_TRUNC;
import static dev.berth.linux.sys.Directories.O_WRONLY;

import dev.berth.ContainerNotFoundException;
import dev.berth.core.resctrl.ResctrlState;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.state.ContainerId;
import dev.berth.core.state.ContainerRecord;
import dev.berth.core.state.ContainerRecordJson;
import dev.berth.core.state.EndingRecord;
import dev.berth.core.state.EndingRecordJson;
import dev.berth.core.state.SessionKeyring;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The directory of one container, by its descriptor: whatever happens to the path meanwhile, this
 * object speaks of the same container.
 *
 * <pre>
 * state.json    facts: {@link ContainerRecord}
 * deleted.json  the same, while the hooks run that come after the deletion
 * config.json   the configuration as it was when the container was made, with its limits of now
 * start.sock    the socket on which a created container waits for its start
 * ending.json   how its first process ended: {@link EndingRecord}
 * created.lock  locked by whoever holds the descriptor that the waiting process has, so that the
 *               kernel, and not a file that may be stale, tells whether the program was started
 * </pre>
 *
 * The directory itself is locked, flock(2), by whoever changes the container. A lock belongs to the
 * open file, so that two objects exclude each other in one JVM as well, and ends with the process.
 */
public final class StateDirectory implements AutoCloseable {
  private static final String STATE = "state.json";
  private static final String STATE_NEW = ".state.json";
  private static final String DELETED = "deleted.json";
  private static final String CONFIG = "config.json";
  private static final String CONFIG_NEW = ".config.json";
  private static final String START_SOCKET = "start.sock";
  private static final String CREATED_LOCK = "created.lock";
  private static final String ENDING = "ending.json";
  private static final List<String> FILES =
      List.of(STATE, STATE_NEW, DELETED, CONFIG, CONFIG_NEW, START_SOCKET, CREATED_LOCK, ENDING);

  private static final Duration SHORTEST_PAUSE = Duration.ofNanos(50_000);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(5);

  private final ContainerId id;
  private final Fd directory;
  private final Path root;
  private boolean locked;

  StateDirectory(ContainerId id, Fd directory, Path root) {
    this.id = id;
    this.directory = directory;
    this.root = root;
  }

  /** The container. */
  public ContainerId id() {
    return id;
  }

  /** Where it is. */
  public Path path() {
    return root.resolve(id.value());
  }

  /** Itself; it remains this object's. */
  public Fd fd() {
    return directory;
  }

  /** Whether the container has been deleted since this was opened. */
  public boolean isDeleted() throws IOException {
    return Directories.statx(directory).linkCount() == 0;
  }

  /**
   * Waits until nobody else changes the container, and keeps others from it until this object is
   * closed.
   *
   * @throws ContainerNotFoundException if it was deleted meanwhile
   * @throws CancelledException if the operation ends before
   */
  public void lock(Cancellation cancellation) throws IOException {
    awaitLock(directory, Descriptors.LOCK_EX, cancellation);
    locked = true;
    if (isDeleted()) {
      throw new ContainerNotFoundException(id.value());
    }
  }

  /** Whether somebody else is changing the container now. */
  public boolean isLockedElsewhere() throws IOException {
    // Asking for a weaker lock on the same open file would give up the one it has.
    return !locked && isLocked(directory);
  }

  private static boolean isLocked(Fd fd) throws IOException {
    if (tryLock(fd, Descriptors.LOCK_SH)) {
      Descriptors.flock(fd, Descriptors.LOCK_UN);
      return false;
    }
    return true;
  }

  private static boolean tryLock(Fd fd, int kind) throws IOException {
    try {
      Descriptors.flock(fd, kind | Descriptors.LOCK_NB);
      return true;
    } catch (SyscallException e) {
      if (e.errno() == Errno.EAGAIN) {
        return false;
      }
      throw e;
    }
  }

  /** Asks again and again: nothing could end a wait in the kernel. */
  private static void awaitLock(Fd fd, int kind, Cancellation cancellation) throws IOException {
    Duration pause = SHORTEST_PAUSE;
    while (!tryLock(fd, kind)) {
      cancellation.sleep(pause);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
    }
  }

  /** What is written down; empty if the container's creation did not get that far. */
  public Optional<ContainerRecord> record() throws IOException {
    return record(STATE);
  }

  private Optional<ContainerRecord> record(String file) throws IOException {
    Optional<byte[]> text = read(file);
    return text.isEmpty() ? Optional.empty() : Optional.of(ContainerRecordJson.read(text.get()));
  }

  /**
   * What there is to say of a container whose deletion was interrupted, or its creation before
   * anything was written down; empty if the directory is gone. Its bundle is this directory then.
   */
  public Optional<ContainerRecord> leftover() throws IOException {
    Optional<ContainerRecord> deleted = record(DELETED);
    return deleted.isPresent() ? deleted : unwritten();
  }

  private Optional<ContainerRecord> unwritten() throws IOException {
    PosixFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path(), PosixFileAttributes.class);
    } catch (NoSuchFileException deleted) {
      return Optional.empty();
    }
    Instant created = attributes.lastModifiedTime().toInstant();
    String owner = attributes.owner().getName();
    return Optional.of(
        new ContainerRecord(
            SpecDefaults.OCI_VERSION,
            id.value(),
            0,
            0,
            path(),
            path(),
            created,
            owner,
            Map.of(),
            null,
            ResctrlState.NONE,
            SessionKeyring.OWN,
            false));
  }

  /** Writes down {@code record}: whole or, if the machine stops meanwhile, not at all. */
  public void write(ContainerRecord record) throws IOException {
    write(STATE_NEW, ContainerRecordJson.write(record));
    Directories.renameat2(directory, STATE_NEW, directory, STATE, 0);
  }

  /**
   * From now on there is nothing to say of the container, for as long as the directory is locked.
   */
  public void retire() throws IOException {
    if (record().isPresent()) {
      Directories.renameat2(directory, STATE, directory, DELETED, 0);
    }
  }

  /** Keeps the configuration, so that later changes of the bundle do not matter. */
  public void writeConfig(byte[] json) throws IOException {
    write(CONFIG, json);
  }

  /**
   * Writes another configuration beside the one that holds, so that what is left to do when
   * everything else has worked, {@link #replaceConfig}, takes no space any more.
   */
  public void prepareConfig(byte[] json) throws IOException {
    write(CONFIG_NEW, json);
  }

  /** Has the prepared configuration hold. */
  public void replaceConfig() throws IOException {
    Directories.renameat2(directory, CONFIG_NEW, directory, CONFIG, 0);
  }

  /** Removes a prepared configuration. */
  public void discardConfig() throws IOException {
    removeIfThere(CONFIG_NEW);
  }

  /** The configuration that the container was made with; empty if its creation did not finish. */
  public Optional<byte[]> config() throws IOException {
    return read(CONFIG);
  }

  /**
   * Writes down how the first process ended, whoever changes the container meanwhile: by its parent
   * before it reaps the process, or by those whom the kernel has told afterwards, who all say the
   * same.
   */
  public void writeEnding(EndingRecord ending) throws IOException {
    write(ENDING, EndingRecordJson.write(ending));
  }

  /** How the first process ended; empty if it has not, or if nobody knew. */
  public Optional<EndingRecord> ending() throws IOException {
    Optional<byte[]> text = read(ENDING);
    // Without a word it is just being written.
    return text.isEmpty() || text.get().length == 0
        ? Optional.empty()
        : Optional.of(EndingRecordJson.read(text.get()));
  }

  /** The listening socket on which a start will be awaited. */
  public Fd listenForStart() throws IOException {
    Fd socket = Sockets.socket();
    try {
      Sockets.bind(socket, directory, START_SOCKET);
      Sockets.listen(socket, 8);
      return socket;
    } catch (SyscallException e) {
      socket.close();
      throw e;
    }
  }

  /** Connects to the process that waits for its start. */
  public Fd connectForStart(Cancellation cancellation) throws IOException {
    Fd socket = Sockets.socket(Sockets.SOCK_SEQPACKET | Sockets.SOCK_NONBLOCK);
    try {
      Sockets.connect(socket, directory, START_SOCKET, cancellation);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Makes the lock that the waiting process will hold, locked. */
  public Fd lockCreated() throws IOException {
    Fd lock =
        Directories.openat(directory, CREATED_LOCK, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    try {
      Descriptors.flock(lock, Descriptors.LOCK_EX);
      return lock;
    } catch (SyscallException e) {
      lock.close();
      throw e;
    }
  }

  /** Whether the container's process still waits for its start. */
  public boolean isStartPending() throws IOException {
    try (Fd lock = openLock()) {
      return isLocked(lock);
    }
  }

  /**
   * Waits until the container's process has executed its program or ended. An exec closes its
   * descriptors one after the other, so that the end of the start connection alone does not yet
   * mean that the lock is free.
   */
  public void awaitStarted(Cancellation cancellation) throws IOException {
    try (Fd lock = openLock()) {
      awaitLock(lock, Descriptors.LOCK_SH, cancellation);
    }
  }

  private Fd openLock() throws IOException {
    return Directories.openat(directory, CREATED_LOCK, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
  }

  /**
   * Removes the directory, with the files that belong in it and no others, following no link.
   *
   * @throws IOException if something else is in it
   */
  public void delete() throws IOException {
    try (Fd parent = Directories.openat(directory, "..", O_RDONLY | O_CLOEXEC, 0)) {
      try {
        delete(parent);
      } catch (SyscallException e) {
        if (e.errno() != Errno.ENOTEMPTY) {
          throw e;
        }
        // The ending has just been written, for which nobody needs the lock; only once.
        delete(parent);
      }
    }
  }

  private void delete(Fd parent) throws IOException {
    for (String file : FILES) {
      removeIfThere(file);
    }
    Directories.unlinkat(parent, id.value(), Directories.AT_REMOVEDIR);
  }

  private void removeIfThere(String file) throws IOException {
    try {
      Directories.unlinkat(directory, file, 0);
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  private void write(String file, byte[] content) throws IOException {
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    try (Fd fd = Directories.openat(directory, file, flags, 0600)) {
      Descriptors.writeFully(fd, content);
    }
  }

  private Optional<byte[]> read(String file) throws IOException {
    try (Fd fd = Directories.openat(directory, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0)) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      byte[] buffer = new byte[8192];
      for (int n = Descriptors.read(fd, buffer, 0, buffer.length);
          n > 0;
          n = Descriptors.read(fd, buffer, 0, buffer.length)) {
        content.write(buffer, 0, n);
      }
      return Optional.of(content.toByteArray());
    } catch (SyscallException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Lets go of the directory, and of the lock. */
  @Override
  public void close() {
    directory.close();
  }
}
