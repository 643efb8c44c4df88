package dev.berth.linux.lifecycle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.berth.core.state.ContainerRecord;
import dev.berth.linux.events.Watches;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process as it is written down: a pid alone may have been given to another process meanwhile,
 * but not one that started in the same clock tick.
 *
 * @param pid on the host
 * @param startTime field 22 of {@code /proc/PID/stat}, proc_pid_stat(5): clock ticks since boot
 */
record ProcessIdentity(long pid, long startTime) {
  /** More than its 52 numbers can have, and a name of 16 bytes. */
  private static final int STAT_SIZE = 1200;

  /** The identity of the process that has this pid now, while the caller knows that it lives. */
  static ProcessIdentity of(long pid) throws IOException {
    return new ProcessIdentity(
        pid,
        stat(pid).orElseThrow(() -> new IOException("process %s has ended".formatted(pid))).start);
  }

  /** The identity that is written down. */
  static ProcessIdentity of(ContainerRecord record) {
    return new ProcessIdentity(record.pid(), record.startTime());
  }

  /** The container whose state is in {@code directory}, and whose first process this is. */
  Watches.Watched watched(Path directory) {
    return new Watches.Watched(directory, pid, startTime);
  }

  /** Whether it runs; one that has ended and was not yet waited for does not. */
  boolean isAlive() throws IOException {
    return stat(pid).filter(stat -> stat.start == startTime && !stat.ended()).isPresent();
  }

  /** Whether it runs, or has ended and was not yet waited for. */
  private boolean isThere() throws IOException {
    return stat(pid).filter(stat -> stat.start == startTime).isPresent();
  }

  /** A pidfd, if the process runs. From then on it is this process and no other. */
  Optional<Fd> open() throws IOException {
    return open(this::isAlive);
  }

  /** The same, also if it has ended and was not yet waited for. */
  Optional<Fd> openUnreaped() throws IOException {
    return open(this::isThere);
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private Optional<Fd> open(Condition condition) throws IOException {
    if (pid == 0) { // there was none yet when it was written down
      return Optional.empty();
    }
    Fd pidfd;
    try {
      pidfd = Processes.pidfdOpen((int) pid);
    } catch (SyscallException e) {
      if (e.errno() == Errno.ESRCH) {
        return Optional.empty();
      }
      throw e;
    }
    try {
      // In this order: what has the pid after the descriptor was opened had it before, too.
      if (condition.holds()) {
        return Optional.of(pidfd);
      }
    } catch (IOException | RuntimeException | Error e) {
      pidfd.close();
      throw e;
    }
    pidfd.close();
    return Optional.empty();
  }

  private record Stat(char state, long start) {
    boolean ended() {
      return state == 'Z' || state == 'X';
    }
  }

  private static Optional<Stat> stat(long pid) throws IOException {
    byte[] buffer = new byte[STAT_SIZE];
    int flags = Directories.O_RDONLY | Directories.O_CLOEXEC;
    try (Fd fd = Directories.open("/proc/" + pid + "/stat", flags, 0)) {
      int length = Descriptors.read(fd, buffer, 0, buffer.length);
      return Optional.of(parse(new String(buffer, 0, length, ISO_8859_1)));
    } catch (SyscallException e) {
      // ESRCH: it ended between the two calls.
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESRCH) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Stat parse(String text) {
    // The second field is the program's name in parentheses, which may have any of them within.
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", 22);
    return new Stat(fields[0].charAt(0), Long.parseLong(fields[19]));
  }
}
