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

/** The processes in a cgroup, and in cgroups that were made in it. */
public final class CgroupProcesses {

  private static final Duration KILLED_WITHIN = Duration.ofSeconds(10);

  /** A process that waits in the kernel, for a disk perhaps, cannot be frozen until then. */
  private static final Duration FROZEN_WITHIN = Duration.ofMillis(500);

  /** What cgroup.procs has for a process outside this PID namespace. */
  private static final int INVISIBLE = 0;

  /** A container may have more processes than this JVM may have descriptors. */
  private static final int AT_ONCE = 256;

  private final CgroupDirectories directories;

  CgroupProcesses(CgroupDirectories directories) {
    this.directories = directories;
  }

  /** Their pids; 0 for one that this JVM's PID namespace cannot see. */
  public List<Integer> pids() throws CgroupException {
    try {
      return listed();
    } catch (SyscallException e) {
      throw directories.failure("list processes", e);
    }
  }

  /**
   * Sends all of them a signal. SIGKILL reaches also those that are just being forked, and ends
   * them though they are paused; but it is not waited for.
   */
  public void signal(int signal) throws CgroupException {
    try {
      if (signal == Processes.SIGKILL) {
        sendKill();
      } else {
        send(listed(), signal);
      }
    } catch (SyscallException e) {
      throw directories.failure("send signal %s to all".formatted(signal), e);
    }
  }

  /**
   * Kills them all, and waits until they are gone.
   *
   * @throws CgroupException if some are left after ten seconds
   */
  public void killAll() throws CgroupException {
    try {
      List<Integer> left = killed();
      if (!left.isEmpty()) {
        throw new CgroupException(
            "cgroup \"%s\": kill all: still there after SIGKILL: %s; they wait in the kernel, or are"
                    .formatted(directories.path(), left)
                + " in a PID namespace that this one cannot see");
      }
    } catch (SyscallException e) {
      throw directories.failure("kill all", e);
    }
  }

  /** Lets those that were sent SIGKILL end: a frozen process of cgroup v1 does not even die. */
  public void letDie() throws CgroupException {
    try {
      thaw();
    } catch (SyscallException e) {
      throw directories.failure("thaw", e);
    }
  }

  /** Moves a process into the cgroup. */
  void admit(int pid) throws CgroupException {
    try {
      for (CgroupDirectory directory : directories.all()) {
        directory
            .hierarchy()
            .write(directory.fromRoot(), CgroupDirectory.PROCS, Integer.toString(pid));
      }
    } catch (SyscallException e) {
      throw directories.failure("move process %s into it".formatted(pid), e);
    }
  }

  /** A process may have been moved in one hierarchy alone, so all are asked. */
  private List<Integer> listed() throws SyscallException {
    TreeSet<Integer> pids = new TreeSet<>();
    for (CgroupDirectory directory : directories.all()) {
      pids.addAll(directory.processes());
    }
    return List.copyOf(pids);
  }

  /**
   * Kills until none is left, and returns those that still are when the time is over. In cgroup v1
   * processes are frozen for it: a list of those that fork and end all the time would miss some,
   * and in the end all.
   */
  private List<Integer> killed() throws SyscallException {
    Patience patience = new Patience(KILLED_WITHIN);
    killUnified();
    List<Integer> left;
    do {
      left = killListed();
    } while (!left.isEmpty() && patience.lasts());
    return left.isEmpty() ? left : listed();
  }

  /** Where cgroup v2 is alone, the kernel leaves out none that is just being forked. */
  private void sendKill() throws SyscallException {
    killUnified();
    if (!directories.areUnifiedAlone()) {
      killListed();
    }
  }

  /** All at once, and none can escape by forking. */
  private void killUnified() throws SyscallException {
    Optional<CgroupDirectory> unified = directories.unified();
    if (unified.isPresent()) {
      CgroupDirectory directory = unified.get();
      ifThere(() -> directory.hierarchy().write(directory.fromRoot(), "cgroup.kill", "1"));
    }
  }

  private List<Integer> killListed() throws SyscallException {
    Optional<FreezerV1> freezer = FreezerV1.of(directories);
    if (freezer.isPresent()) {
      ifThere(() -> freezer.get().stop(FROZEN_WITHIN));
    }
    List<Integer> listed = listed();
    send(listed, Processes.SIGKILL);
    thaw();
    return listed;
  }

  private void thaw() throws SyscallException {
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

  /**
   * What was listed may be gone by now, and its pid another's: so first descriptors are opened,
   * then the list is read again, and only who is still on it is meant.
   */
  private void send(List<Integer> pids, int signal) throws SyscallException {
    for (int start = 0; start < pids.size(); start += AT_ONCE) {
      sendAtOnce(pids.subList(start, Math.min(start + AT_ONCE, pids.size())), signal);
    }
  }

  private void sendAtOnce(List<Integer> pids, int signal) throws SyscallException {
    Map<Integer, Fd> pidfds = new HashMap<>();
    try {
      for (int pid : pids) {
        if (pid != INVISIBLE) {
          open(pid, pidfds);
        }
      }
      for (int pid : listed()) {
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
