package dev.berth.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.ContainerBuilder;
import dev.berth.core.text.HostPath;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Message;
import dev.berth.linux.sys.Sockets;
import dev.berth.spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Tells the service manager that started this program what the container's tells by sd_notify(3):
 * that it is ready. The manager would not believe the program itself, which is in another cgroup
 * and has another number for its process.
 */
final class NotifyProxy implements AutoCloseable {
  static final String VARIABLE = "NOTIFY_SOCKET";
  private static final String DIRECTORY = "/run/notify";
  private static final String NAME = "notify.sock";
  private static final String READY = "READY=";

  private static final int MESSAGE_MAX = 4096;
  private static final int DESCRIPTORS_MAX = 253;

  /** How long an end of the program may go unnoticed. */
  private static final Duration LOOK = Duration.ofMillis(100);

  /** A manager that is busy longer than this need not know. */
  private static final Duration BARRIER = Duration.ofSeconds(30);

  private final Path manager;
  private final Path directory;
  private final Fd socket;

  private NotifyProxy(Path manager, Path directory, Fd socket) {
    this.manager = manager;
    this.directory = directory;
    this.socket = socket;
  }

  /**
   * One for the manager that the environment names; empty if there is none.
   *
   * @throws IllegalArgumentException if its socket is not a file
   */
  static Optional<NotifyProxy> of(Map<String, String> environment) throws IOException {
    String manager = environment.getOrDefault(VARIABLE, "");
    if (manager.isEmpty()) {
      return Optional.empty();
    }
    if (!manager.startsWith("/")) {
      throw new IllegalArgumentException(
          "%s \"%s\": only a socket that is a file is supported".formatted(VARIABLE, manager));
    }
    Path directory = Files.createTempDirectory("berth-notify");
    Path shared = Files.createDirectory(directory.resolve("shared"));
    // For the container's users; on the host, the directory around it lets nobody in.
    allow(shared, "rwxr-xr-x");
    Fd socket = Sockets.socket(Sockets.SOCK_DGRAM);
    try (Fd open = open(shared)) {
      Sockets.bind(socket, open, NAME);
    }
    allow(shared.resolve(NAME), "rwxrwxrwx");
    return Optional.of(new NotifyProxy(HostPath.of(manager), directory, socket));
  }

  private static void allow(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static Fd open(Path directory) throws IOException {
    return Directories.open(
        HostPath.text(directory), Directories.O_PATH | Directories.O_DIRECTORY, 0);
  }

  /** Shows the container's program where to tell. */
  void announce(ContainerBuilder container) {
    String source = HostPath.text(directory.resolve("shared"));
    container
        .mount(Mount.bind(source, DIRECTORY, "nosuid", "noexec", "nodev", "ro"))
        .environment(VARIABLE, DIRECTORY + "/" + NAME);
  }

  /**
   * Waits until the program is ready, and tells the manager, with the process to watch from then
   * on; or until it has ended. What it tells later is refused: it would wait for ever if nobody
   * read it.
   */
  void forward(long mainPid, BooleanSupplier runs) throws IOException {
    try {
      awaitReady(mainPid, runs);
    } finally {
      close();
    }
  }

  private void awaitReady(long mainPid, BooleanSupplier runs) throws IOException {
    boolean more;
    do {
      // In this order: what it told at its very end is there to be read when it has ended.
      more = runs.getAsBoolean();
      Duration patience = more ? LOOK : Duration.ZERO;
      while (Descriptors.poll(socket, Descriptors.POLLIN, patience) != 0) {
        Optional<String> ready = receive();
        if (ready.isPresent()) {
          tell(ready.get(), mainPid);
          return;
        }
      }
    } while (more);
  }

  /** What the program says of being ready, if that is what it says. */
  private Optional<String> receive() throws IOException {
    try (Message message = Sockets.recvmsg(socket, MESSAGE_MAX, DESCRIPTORS_MAX)) {
      return new String(message.data(), UTF_8)
          .lines()
          .filter(line -> line.startsWith(READY))
          .findFirst();
    }
  }

  private void tell(String ready, long mainPid) throws IOException {
    Fd connection = Sockets.socket(Sockets.SOCK_DGRAM | Sockets.SOCK_NONBLOCK);
    try (connection;
        Fd parent = open(Objects.requireNonNull(manager.getParent()));
        Descriptors.Pipe barrier = Descriptors.pipe2(0)) {
      Sockets.connect(
          connection, parent, HostPath.text(Objects.requireNonNull(manager.getFileName())));
      send(connection, ready, List.of());
      send(connection, "MAINPID=" + mainPid, List.of());
      // Whom a message is from, the manager looks up by the process, which must still be there.
      send(connection, "BARRIER=1", List.of(barrier.writer()));
      barrier.writer().close();
      Descriptors.poll(barrier.reader(), Descriptors.POLLIN, BARRIER);
    }
  }

  private static void send(Fd connection, String line, List<Fd> descriptors) throws IOException {
    // A manager that does not read lets its queue fill up.
    if (Descriptors.poll(connection, Descriptors.POLLOUT, BARRIER) == 0) {
      throw new IOException("the service manager does not read its socket");
    }
    Sockets.sendmsg(connection, (line + "\n").getBytes(UTF_8), descriptors);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    Path shared = directory.resolve("shared");
    Files.deleteIfExists(shared.resolve(NAME));
    Files.deleteIfExists(shared);
    Files.deleteIfExists(directory);
  }
}
