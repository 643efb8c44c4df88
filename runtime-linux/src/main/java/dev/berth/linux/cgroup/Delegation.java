package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Lets a user make cgroups inside a cgroup of v2 and move processes among them: its directory and
 * some of its files become his, and none of those with its own limits.
 */
final class Delegation {

  private static final System.Logger LOG = System.getLogger(Delegation.class.getName());

  /** Which files the kernel means for that; Linux 4.15. */
  private static final Path FILES = Path.of("/sys/kernel/cgroup/delegate");

  private static final List<String> USUAL_FILES =
      List.of("cgroup.procs", "cgroup.subtree_control", "cgroup.threads");

  private final Hierarchy unified;
  private final CgroupPath path;

  Delegation(Hierarchy unified, CgroupPath path) {
    this.unified = unified;
    this.path = path;
  }

  /**
   * A runtime without privilege can give it to nobody else: the program just cannot manage it then,
   * as the specification allows.
   */
  void to(long uid) throws CgroupException {
    if (uid == Host.geteuid()) {
      return;
    }
    String goal = "cgroup \"%s\": give it to uid %s".formatted(path, uid);
    try {
      give("", Directories.O_RDONLY | Directories.O_DIRECTORY, uid);
      for (String file : files()) {
        give("/" + file, Directories.O_WRONLY, uid);
      }
    } catch (SyscallException e) {
      if (e.errno() != Errno.EPERM) {
        throw new CgroupException(goal, e);
      }
      LOG.log(Level.WARNING, "{0}: {1}; that takes CAP_CHOWN", goal, e.getMessage());
    } catch (IOException e) {
      throw new CgroupException(goal, e);
    }
  }

  private static List<String> files() throws IOException {
    try {
      return Files.readAllLines(FILES);
    } catch (NoSuchFileException withoutSysfs) {
      return USUAL_FILES;
    }
  }

  /** Some are there only with a controller. */
  private void give(String file, int flags, long uid) throws SyscallException {
    try (Fd fd = unified.open(path.fromRoot() + file, flags)) {
      Descriptors.fchown(fd, uid);
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }
}
