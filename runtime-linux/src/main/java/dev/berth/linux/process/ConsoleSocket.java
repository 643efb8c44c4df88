package dev.berth.linux.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where an engine waits for a terminal: a listening socket of type {@code SOCK_STREAM}, which gets
 * one message, the terminal's name with the descriptor of its master.
 */
record ConsoleSocket(Fd socket) implements AutoCloseable {

  /** Engines read it and make nothing of it. */
  private static final byte[] NAME = "/dev/ptmx".getBytes(US_ASCII);

  /** Connects before there is a container, so that a wrong path costs nothing. */
  static ConsoleSocket connect(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    if (parent == null || name == null) {
      throw new IOException("console socket \"%s\": not a socket".formatted(path));
    }
    Fd socket = Sockets.socket(Sockets.SOCK_STREAM);
    try (Fd directory =
        Directories.open(
            parent.toString(),
            Directories.O_PATH | Directories.O_DIRECTORY | Directories.O_CLOEXEC,
            0)) {
      Sockets.connect(socket, directory, name.toString());
      return new ConsoleSocket(socket);
    } catch (SyscallException refused) {
      socket.close();
      throw new IOException(
          "console socket \"%s\": connect: %s"
              .formatted(path, Errno.describe(refused.errno().number())),
          refused);
    } catch (RuntimeException refused) {
      socket.close();
      throw refused;
    }
  }

  void send(Fd master) throws IOException {
    try {
      Sockets.sendmsg(socket, NAME, List.of(master));
    } catch (SyscallException refused) {
      throw new IOException(
          "console socket: send the terminal: " + Errno.describe(refused.errno().number()),
          refused);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
