package dev.berth.linux.stub;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.time.Duration;

/**
 * Tells apart why a stub's connection has come to its end: the exec of its program, or its death
 * before that.
 */
public final class Execution {
  /** What every plan names its process, and hardly anybody a program. */
  private static final String STUB = "berth:";

  /** From the end of a process's connection, which is near its own, to that. */
  private static final Duration DYING = Duration.ofSeconds(1);

  /** More than the 52 numbers of proc_pid_stat(5), and a name of 16 bytes. */
  private static final int STAT_SIZE = 1200;

  private Execution() {}

  /**
   * Requires that a process has become its program, which may have ended by now.
   *
   * @param pid whose connection has ended
   * @param pidfd of the same process
   * @throws StubException if it has not, and never will
   */
  public static void requireBegun(int pid, Fd pidfd) throws IOException {
    if (hasMemory(pid)) {
      return;
    }
    Descriptors.poll(pidfd, Descriptors.POLLIN, DYING);
    if (name(pid).startsWith(STUB)) {
      throw new StubException("the process was killed before it executed its program");
    }
  }

  /**
   * A process that dies gives up its memory first and then its descriptors; one that executes a
   * program has the new memory before it closes them.
   */
  private static boolean hasMemory(int pid) throws SyscallException {
    try {
      Directories.readlink("/proc/" + pid + "/exe");
      return true;
    } catch (SyscallException refused) {
      return switch (refused.errno()) {
        case ENOENT, ESRCH -> false;
        default -> true; // not for this user to see: it is there
      };
    }
  }

  /** The name of a process, though it has ended; empty once it is reaped. */
  private static String name(int pid) throws SyscallException {
    byte[] buffer = new byte[STAT_SIZE];
    int flags = Directories.O_RDONLY | Directories.O_CLOEXEC;
    try (Fd fd = Directories.open("/proc/" + pid + "/stat", flags, 0)) {
      int length = Descriptors.read(fd, buffer, 0, buffer.length);
      String text = new String(buffer, 0, length, ISO_8859_1);
      return text.substring(text.indexOf('(') + 1, text.lastIndexOf(')'));
    } catch (SyscallException refused) {
      if (refused.errno() == Errno.ENOENT || refused.errno() == Errno.ESRCH) {
        return "";
      }
      throw refused;
    }
  }
}
