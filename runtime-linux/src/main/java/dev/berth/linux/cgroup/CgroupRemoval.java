package dev.berth.linux.cgroup;

import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.SyscallException;
import java.time.Duration;
import java.util.List;

/** Removes the directories of a cgroup, once nobody is in it any more. */
record CgroupRemoval(CgroupDirectories directories) {

  private static final Duration WITHIN = Duration.ofSeconds(2);

  void remove() throws CgroupException {
    for (CgroupDirectory directory : directories.all()) {
      remove(directory);
    }
  }

  /**
   * A process that was waited for may still be on its way out of the cgroup: that is EBUSY. The
   * time begins with that, since to remove many cgroups in it takes longer.
   */
  private void remove(CgroupDirectory directory) throws CgroupException {
    Patience patience = null;
    while (true) {
      try {
        directory.remove();
        return;
      } catch (SyscallException e) {
        patience = patience == null ? new Patience(WITHIN) : patience;
        if (e.errno() != Errno.EBUSY || !patience.lasts()) {
          String goal =
              "cgroup \"%s\": remove it from %s"
                  .formatted(directories.path(), directory.hierarchy());
          throw new CgroupException(goal, e, hint(e));
        }
      }
    }
  }

  private String hint(SyscallException refusal) throws CgroupException {
    // rmdir(2) takes the permission to write to the cgroup above.
    return CgroupException.isRefusal(refusal)
        ? "a cgroup in it lies in one of another user, as a process in the container may have been;"
            + " remove those as root, or in a user namespace that has that user"
        : "processes in it: %s; kill them, or delete the container with force"
            .formatted(processes());
  }

  /**
   * systemd would send them a signal, and wait for the answer for as long as a service may take.
   */
  void requireEmpty() throws CgroupException {
    Patience patience = new Patience(WITHIN);
    List<Integer> left = processes();
    while (!left.isEmpty()) {
      if (!patience.lasts()) {
        throw new CgroupException(
            "cgroup \"%s\": remove it: processes in it: %s; kill them, or delete the container with force"
                .formatted(directories.path(), left));
      }
      left = processes();
    }
  }

  private List<Integer> processes() throws CgroupException {
    return new CgroupProcesses(directories).pids();
  }
}
