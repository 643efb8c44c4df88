package dev.berth.linux.cgroup;

import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.SyscallException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The processes in a container's cgroup, and how they are killed. */
final class CgroupProcesses {

  private static final Duration KILLED_WITHIN = Duration.ofSeconds(10);

  /** A process that waits in the kernel, for a disk perhaps, cannot be frozen until then. */
  private static final Duration FROZEN_WITHIN = Duration.ofMillis(500);

  /** What cgroup.procs has for a process outside this PID namespace. */
  private static final int INVISIBLE = 0;

  private final List<CgroupDirectory> directories;

  CgroupProcesses(List<CgroupDirectory> directories) {
    this.directories = directories;
  }

  /** A process may have been moved in one hierarchy alone, so all are asked. */
  List<Integer> pids() throws SyscallException {
    TreeSet<Integer> pids = new TreeSet<>();
    for (CgroupDirectory directory : directories) {
      pids.addAll(directory.processes());
    }
    return List.copyOf(pids);
  }

  /**
   * Kills until none is left, and returns those that still are when the time is over. In cgroup v1
   * processes are frozen for it: a list of those that fork and end all the time would miss some,
   * and in the end all.
   */
  List<Integer> killAll() throws SyscallException {
    Patience patience = new Patience(KILLED_WITHIN);
    killUnified();
    List<Integer> left;
    do {
      left = killListed();
    } while (!left.isEmpty() && patience.lasts());
    return left;
  }

  /**
   * Sends SIGKILL to all, and lets them die. Where cgroup v2 is alone, the kernel does that, and
   * leaves out none that is just being forked.
   */
  void sendKill() throws SyscallException {
    killUnified();
    if (!isUnifiedAlone()) {
      killListed();
    }
  }

  private boolean isUnifiedAlone() {
    return directories.stream().allMatch(each -> each.hierarchy().mount().isUnified());
  }

  /** All at once, and none can escape by forking. */
  private void killUnified() throws SyscallException {
    for (CgroupDirectory directory : directories) {
      if (directory.hierarchy().mount().isUnified()) {
        ifThere(() -> directory.hierarchy().write(directory.fromRoot(), "cgroup.kill", "1"));
      }
    }
  }

  private List<Integer> killListed() throws SyscallException {
    Optional<FreezerV1> freezer = FreezerV1.of(directories);
    if (freezer.isPresent()) {
      ifThere(() -> freezer.get().stop(FROZEN_WITHIN));
    }
    List<Integer> listed = pids();
    send(listed, Processes.SIGKILL);
    thaw();
    return listed;
  }

  /** A frozen process of cgroup v1 does not even die. */
  void thaw() throws SyscallException {
    Optional<FreezerV1> freezer = FreezerV1.of(directories);
    if (freezer.isPresent()) {
      ifThere(freezer.get()::thaw);
    }
  }

  private interface Change {
    void make() throws SyscallException;
  }

  private static void ifThere(Change change) throws SyscallException {
    try {
      change.make();
    } catch (SyscallException e) {
      if (!Hierarchy.isGone(e)) {
        throw e;
      }
    }
  }

  /** Sends a signal to each of those that are there now. */
  void send(int signal) throws SyscallException {
    send(pids(), signal);
  }

  /**
   * What was listed may be gone by now, and its pid another's: so first descriptors are opened,
   * then the list is read again, and only who is still on it is meant.
   */
  private void send(List<Integer> pids, int signal) throws SyscallException {
    Map<Integer, Fd> pidfds = new HashMap<>();
    try {
      for (int pid : pids) {
        if (pid != INVISIBLE) {
          open(pid, pidfds);
        }
      }
      for (int pid : pids()) {
        Fd pidfd = pidfds.get(pid);
        if (pidfd != null) {
          send(pidfd, signal);
        }
      }
    } finally {
      pidfds.values().forEach(Fd::close);
    }
  }

  private static void open(int pid, Map<Integer, Fd> pidfds) throws SyscallException {
    try {
      pidfds.put(pid, Processes.pidfdOpen(pid));
    } catch (SyscallException e) {
      ignoreEnded(e);
    }
  }

  private static void send(Fd pidfd, int signal) throws SyscallException {
    try {
      Processes.pidfdSendSignal(pidfd, signal);
    } catch (SyscallException e) {
      ignoreEnded(e);
    }
  }

  private static void ignoreEnded(SyscallException e) throws SyscallException {
    if (e.errno() != Errno.ESRCH) {
      throw e;
    }
  }
}
