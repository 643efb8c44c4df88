package dev.berth.linux.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.berth.core.text.HostPath;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where an engine waits for a descriptor: a listening socket of type {@code SOCK_STREAM}, which
 * gets one message, a name with the descriptor.
 *
 * @param name of the socket, for messages
 */
public record EngineSocket(String name, Fd socket) implements AutoCloseable {

  /**
   * Connects before there is a container, so that a wrong path costs nothing.
   *
   * @param kind such as {@code console socket}
   * @throws CancelledException if the operation ends before whoever listens has room for another
   */
  public static EngineSocket connect(String kind, Path path, Cancellation cancellation)
      throws IOException {
    String name = "%s \"%s\"".formatted(kind, path);
    Path absolute = HostPath.absolute(path);
    Path parent = absolute.getParent();
    Path file = absolute.getFileName();
    if (parent == null || file == null) {
      throw new IOException(name + ": not a socket");
    }
    Fd socket = Sockets.socket(Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK);
    try (Fd directory =
        Directories.open(
            HostPath.text(parent),
            Directories.O_PATH | Directories.O_DIRECTORY | Directories.O_CLOEXEC,
            0)) {
      Sockets.connect(socket, directory, HostPath.text(file), cancellation);
      return new EngineSocket(name, socket);
    } catch (SyscallException refused) {
      socket.close();
      throw failure(name + ": connect", refused);
    } catch (IOException | RuntimeException refused) {
      socket.close();
      throw refused;
    }
  }

  /**
   * Sends the message.
   *
   * @param text engines read it and make nothing of it; not empty
   */
  public void send(String text, Fd descriptor, Cancellation cancellation) throws IOException {
    try {
      Sockets.sendmsg(socket, text.getBytes(US_ASCII), List.of(descriptor), cancellation);
    } catch (SyscallException refused) {
      throw failure(name + ": send", refused);
    }
  }

  private static IOException failure(String what, SyscallException refused) {
    return new IOException(
        "%s: %s".formatted(what, Errno.describe(refused.errno().number())), refused);
  }

  @Override
  public void close() {
    socket.close();
  }
}
