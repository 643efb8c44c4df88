package dev.berth.linux.lifecycle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Whoever wants a pidfd of a process: connected before there is one, so that nobody makes a process
 * in vain. Does nothing where nobody does.
 */
final class PidfdSocket implements AutoCloseable {
  /** A message has at least a byte. */
  private static final byte[] MESSAGE = "pidfd".getBytes(US_ASCII);

  private final Optional<Path> path;
  private final Optional<Fd> socket;

  private PidfdSocket(Optional<Path> path, Optional<Fd> socket) {
    this.path = path;
    this.socket = socket;
  }

  static PidfdSocket connect(Optional<Path> path) throws IOException {
    return new PidfdSocket(
        path, path.isPresent() ? Optional.of(connect(path.get())) : Optional.empty());
  }

  private static Fd connect(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path name = Objects.requireNonNullElse(absolute.getFileName(), Path.of("."));
    String parent = Objects.requireNonNullElse(absolute.getParent(), absolute).toString();
    int flags = Directories.O_PATH | Directories.O_DIRECTORY;
    try (Fd directory = Directories.open(parent, flags, 0)) {
      Fd socket = Sockets.socket(Sockets.SOCK_STREAM);
      try {
        Sockets.connect(socket, directory, name.toString());
        return socket;
      } catch (SyscallException e) {
        socket.close();
        throw e;
      }
    } catch (SyscallException e) {
      throw failure(path, "connect", e);
    }
  }

  /** Sends it. */
  void send(Fd pidfd) throws IOException {
    if (socket.isPresent()) {
      try {
        Sockets.sendmsg(socket.get(), MESSAGE, List.of(pidfd));
      } catch (SyscallException e) {
        throw failure(path.orElseThrow(), "send the pidfd", e);
      }
    }
  }

  private static IOException failure(Path path, String step, SyscallException cause) {
    return new IOException(
        "pidfd socket \"%s\": %s: %s".formatted(path, step, Errno.describe(cause.errno().number())),
        cause);
  }

  @Override
  public void close() {
    socket.ifPresent(Fd::close);
  }
}
