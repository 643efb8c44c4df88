package dev.berth.linux.process;

import static dev.berth.linux.sys.Directories.O_APPEND;
import static dev.berth.linux.sys.Directories.O_CREAT;
import static dev.berth.linux.sys.Directories.O_NOCTTY;
import static dev.berth.linux.sys.Directories.O_NONBLOCK;
import static dev.berth.linux.sys.Directories.O_RDONLY;
import static dev.berth.linux.sys.Directories.O_TRUNC;
import static dev.berth.linux.sys.Directories.O_WRONLY;

import dev.berth.core.text.HostPath;
import dev.berth.linux.sys.DescriptorOrigin;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where one standard stream leads: the program's end of it, and for a pipe this JVM's as well. */
final class Redirection implements AutoCloseable {

  private static final int MODE = 0666; // less the umask
  private static final int NULL_MAJOR = 1;
  private static final int NULL_MINOR = 3;
  private static final String OWN = "this program's own";

  private final Fd programEnd;
  private @Nullable Fd pipeEnd;

  private Redirection(Fd programEnd, @Nullable Fd pipeEnd) {
    this.programEnd = programEnd;
    this.pipeEnd = pipeEnd;
  }

  /** A call that opens something. */
  private interface Call<T> {
    T make() throws SyscallException;
  }

  /**
   * Opens what {@code redirect} means for {@code stream}.
   *
   * @param redirect {@link Redirect#DISCARD} for standard input is an empty one
   * @throws IllegalArgumentException if it is for the other direction
   * @throws IOException if that is refused; nothing is left open
   */
  static Redirection open(StandardStream stream, Redirect redirect) throws IOException {
    boolean input = stream == StandardStream.INPUT;
    if (redirect.equals(Redirect.DISCARD)) {
      return discard(stream);
    }
    if (redirect.type() == Redirect.Type.PIPE) {
      return pipe(stream);
    }
    if (redirect.type() == Redirect.Type.INHERIT) {
      return inherit(stream);
    }
    if (input != (redirect.type() == Redirect.Type.READ)) {
      throw new IllegalArgumentException("no redirect for %s: %s".formatted(stream, redirect));
    }
    return new Redirection(openFile(stream, redirect), null);
  }

  private static Redirection pipe(StandardStream stream) throws IOException {
    Descriptors.Pipe pipe = attempt(stream, "a pipe", "pipe2", () -> Descriptors.pipe2(0));
    boolean input = stream == StandardStream.INPUT;
    Fd ours = input ? pipe.writer() : pipe.reader();
    try {
      // Of this end alone: the two are open files of their own, and the program's must block.
      attempt(
          stream,
          "a pipe",
          "fcntl",
          () -> Descriptors.fcntl(ours, Descriptors.F_SETFL, O_NONBLOCK));
    } catch (IOException refused) {
      pipe.close();
      throw refused;
    }
    return new Redirection(input ? pipe.reader() : pipe.writer(), ours);
  }

  /** A copy, so that it is closed like any other. What the caller has closed is the null device. */
  private static Redirection inherit(StandardStream stream) throws IOException {
    Fd own = new Fd(stream.number());
    return switch (DescriptorOrigin.of(stream.number())) {
      case CALLER ->
          new Redirection(attempt(stream, OWN, "fcntl", () -> Descriptors.duplicate(own)), null);
      case CLOSED -> discard(stream);
      case UNKNOWN -> {
        // The JDK puts it in the place of each file that it closes at 0, 1 or 2.
        if (isNullDevice(stream, OWN, own)) {
          yield discard(stream);
        }
        throw new IOException(
            stream.redirected(OWN)
                + ": descriptor %s may be a file of this JVM: the JVM was started with a lower"
                    .formatted(stream.number())
                + " descriptor closed; start it with descriptors 0, 1 and 2 open, for example"
                + " </dev/null");
      }
    };
  }

  private static Fd openFile(StandardStream stream, Redirect redirect) throws IOException {
    int flags =
        switch (redirect.type()) {
          case READ -> O_RDONLY;
          case WRITE -> O_WRONLY | O_CREAT | O_TRUNC;
          case APPEND -> O_WRONLY | O_CREAT | O_APPEND;
          case PIPE, INHERIT -> throw new AssertionError(redirect);
        };
    // A JVM that leads a session, as every service does, would come to be controlled by a terminal
    // that it only passes on.
    return openFile(stream, path(stream, redirect.file().getPath()), flags | O_NOCTTY);
  }

  /** A {@link java.io.File} has the name as text, in which U+FFFD stands for what was no text. */
  private static String path(StandardStream stream, String file) throws IOException {
    if (file.indexOf('\ufffd') >= 0) {
      throw new IOException(
          stream.redirected("\"%s\"".formatted(file)) + ": its name is not UTF-8; rename it");
    }
    return HostPath.text(HostPath.absolute(HostPath.of(file)));
  }

  private static Fd openFile(StandardStream stream, String path, int flags) throws IOException {
    return attempt(
        stream, "\"%s\"".formatted(path), "open", () -> Directories.open(path, flags, MODE));
  }

  private static Redirection discard(StandardStream stream) throws IOException {
    String path = Redirect.DISCARD.file().getPath();
    Fd fd = openFile(stream, path, stream == StandardStream.INPUT ? O_RDONLY : O_WRONLY);
    try {
      requireNullDevice(stream, path, fd);
    } catch (IOException refused) {
      fd.close();
      throw refused;
    }
    return new Redirection(fd, null);
  }

  /** In many a machine image it is a file that grows: somebody removed the device, others wrote. */
  private static void requireNullDevice(StandardStream stream, String path, Fd fd)
      throws IOException {
    String target = "\"%s\"".formatted(path);
    if (!isNullDevice(stream, target, fd)) {
      throw new IOException(stream.redirected(target) + ": it is not the null device");
    }
  }

  private static boolean isNullDevice(StandardStream stream, String target, Fd fd)
      throws IOException {
    return attempt(stream, target, "statx", () -> Directories.statx(fd))
        .isCharacterDevice(NULL_MAJOR, NULL_MINOR);
  }

  private static <T> T attempt(StandardStream stream, String target, String step, Call<T> call)
      throws IOException {
    try {
      return call.make();
    } catch (SyscallException refused) {
      throw new IOException(
          "%s: %s: %s"
              .formatted(stream.redirected(target), step, Errno.describe(refused.errno().number())),
          refused);
    }
  }

  /** What is to become the program's descriptor 0, 1 or 2. */
  Fd programEnd() {
    return programEnd;
  }

  /**
   * Gives the pipe, if it is one, to the user {@code uid}, who can open {@code /dev/stdout} then.
   * Not to be permitted that is no error.
   */
  void own(long uid) throws IOException {
    try {
      if (pipeEnd != null) {
        Descriptors.fchown(programEnd, uid);
      }
    } catch (SyscallException refused) {
      if (refused.errno() != Errno.EPERM) {
        throw refused;
      }
    }
  }

  /** This JVM's end of a pipe, if it is one; the caller's from now on. */
  Optional<Fd> takePipeEnd() {
    Optional<Fd> taken = Optional.ofNullable(pipeEnd);
    pipeEnd = null;
    return taken;
  }

  /** Closes both ends, but for one that was taken. */
  @Override
  public void close() {
    programEnd.close();
    takePipeEnd().ifPresent(Fd::close);
  }
}
