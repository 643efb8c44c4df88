package dev.berth.linux.cgroup;

import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps whoever else makes a container from cgroups that were there before, until its first process
 * is in them: of two at the same moment, both would find them empty. What was made for a container
 * needs no lock, since the directory itself says so.
 */
final class Reservation implements AutoCloseable {

  private final List<Fd> locks = new ArrayList<>();

  /**
   * Reserves a directory that was there before.
   *
   * @return {@code false} if it has just been removed
   * @throws CgroupException if it has processes already, is a container's, or is to be one's
   */
  boolean take(CgroupDirectory directory) throws CgroupException {
    try {
      Fd fd =
          directory
              .hierarchy()
              .open(directory.fromRoot(), Directories.O_RDONLY | Directories.O_DIRECTORY);
      locks.add(fd);
      boolean isTaken = Hierarchy.isTaken(fd);
      if (!isTaken) {
        lock(fd, directory);
      }
      requireUnused(directory, isTaken);
      return true;
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return false;
      }
      String goal = "cgroup \"%s\": look who is in it".formatted(directory.path());
      throw e.errno() == Errno.EOPNOTSUPP
          ? new CgroupException(goal, e, SubtreeControl.THREADED)
          : new CgroupException(goal, e);
    }
  }

  private static void lock(Fd fd, CgroupDirectory directory)
      throws SyscallException, CgroupException {
    try {
      Descriptors.flock(fd, Descriptors.LOCK_EX | Descriptors.LOCK_NB);
    } catch (SyscallException e) {
      if (e.errno() != Errno.EAGAIN) {
        throw e;
      }
      throw new CgroupException(
          "cgroup \"%s\": another container is just being made in it; choose another cgroup"
              .formatted(directory.path()));
    }
  }

  private static void requireUnused(CgroupDirectory directory, boolean isTaken)
      throws SyscallException, CgroupException {
    int processes = directory.processes().size();
    if (processes > 0) {
      throw new CgroupException(
          "cgroup \"%s\": not empty: %s processes; stop them, or choose another cgroup"
              .formatted(directory.path(), processes));
    }
    if (isTaken) {
      throw new CgroupException(
          "cgroup \"%s\": it was made for another container; delete that, or choose another cgroup"
              .formatted(directory.path()));
    }
    if (directory.handsDown()) {
      throw new CgroupException(
          "cgroup \"%s\": it hands controllers down to those in it, and so takes no process;"
                  .formatted(directory.path())
              + " choose one in it");
    }
  }

  @Override
  public void close() {
    locks.forEach(Fd::close);
    locks.clear();
  }
}
