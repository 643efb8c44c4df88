package dev.berth.linux.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupText;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.SyscallException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What cgroups of v2 hand down: a controller has files in a cgroup only if every cgroup above does
 * hand it down, and below the root one does only as long as no process is in itself.
 */
final class SubtreeControl {

  private static final System.Logger LOG = System.getLogger(SubtreeControl.class.getName());

  static final String FILE = "cgroup.subtree_control";

  private final Hierarchy unified;

  SubtreeControl(Hierarchy unified) {
    this.unified = unified;
  }

  /**
   * Has the controllers of {@code writes} handed down to the cgroup {@code path}.
   *
   * @throws UnsupportedFeatureException if this user may not
   * @throws CgroupException if there are processes on the way, which is named
   */
  void handDown(CgroupPath path, List<CgroupWrite> writes) throws CgroupException {
    List<CgroupWrite> needed = writes.stream().filter(CgroupWrite::needsController).toList();
    List<String> above = above(path);
    // What a cgroup hands down, those above it do as well.
    if (needed.isEmpty() || missing(above.getLast(), needed).isEmpty()) {
      return;
    }
    for (String cgroup : above) {
      List<CgroupWrite> missing = missing(cgroup, needed);
      if (!missing.isEmpty()) {
        handDown(cgroup, missing);
      }
    }
  }

  /** Has controllers handed down to the cgroup {@code path} as far as that is possible. */
  void offer(CgroupPath path, Collection<String> controllers) throws CgroupException {
    List<String> above = above(path);
    if (controllers(above.getLast(), FILE).containsAll(controllers)) {
      return;
    }
    for (String cgroup : above) {
      List<String> missing = new ArrayList<>(controllers(cgroup, "cgroup.controllers"));
      missing.retainAll(controllers);
      missing.removeAll(controllers(cgroup, FILE));
      if (!missing.isEmpty() && !offered(cgroup, missing)) {
        return;
      }
    }
  }

  private boolean offered(String cgroup, List<String> controllers) throws CgroupException {
    // With processes in it, it would take some of them, and become one that is divided among
    // threads: nobody could use what is inside.
    if (!occupants(cgroup).isEmpty()) {
      return false;
    }
    try {
      unified.write(cgroup, FILE, "+" + String.join(" +", controllers));
      return true;
    } catch (SyscallException e) {
      LOG.log(Level.DEBUG, "not offered below cgroup \"{0}\": {1}: {2}", cgroup, controllers, e);
      return false;
    }
  }

  /** Has {@code cgroup} hand all controllers down that it has. */
  void handDownAll(String cgroup) throws CgroupException {
    List<String> enabled = controllers(cgroup, FILE);
    String change =
        controllers(cgroup, "cgroup.controllers").stream()
            .filter(controller -> !enabled.contains(controller))
            .map(controller -> "+" + controller)
            .collect(Collectors.joining(" "));
    if (change.isEmpty()) {
      return;
    }
    try {
      unified.write(cgroup, FILE, change);
    } catch (SyscallException e) {
      throw failure("cgroup \"%s\"".formatted(name(cgroup)), cgroup, change, e);
    }
  }

  private static List<String> above(CgroupPath path) {
    List<String> above = new ArrayList<>(List.of(Hierarchy.ROOT));
    path.parents().forEach(parent -> above.add(parent.fromRoot()));
    return above;
  }

  private List<CgroupWrite> missing(String cgroup, List<CgroupWrite> needed)
      throws CgroupException {
    List<String> enabled = controllers(cgroup, FILE);
    return needed.stream().filter(write -> !enabled.contains(write.controller())).toList();
  }

  private void handDown(String cgroup, List<CgroupWrite> missing) throws CgroupException {
    String goal = missing.getFirst().goal();
    requireNoProcesses(cgroup, goal);
    String change =
        missing.stream()
            .map(write -> "+" + write.controller())
            .distinct()
            .collect(Collectors.joining(" "));
    try {
      unified.write(cgroup, FILE, change);
    } catch (SyscallException e) {
      if (CgroupException.isRefusal(e)) {
        throw notDelegated(cgroup, missing.getFirst());
      }
      requireNoProcesses(cgroup, goal); // Some may have come meanwhile.
      throw failure(goal, cgroup, change, e);
    }
  }

  /** The kernel says what it refuses, and not why: EBUSY, or EOPNOTSUPP once it is too late. */
  private void requireNoProcesses(String cgroup, String goal) throws CgroupException {
    Occupants occupants = occupants(cgroup);
    if (!occupants.isEmpty()) {
      throw new CgroupException(
          "%s: cgroup \"%s\" can hand controllers down only without processes in itself: %s; %s"
              .formatted(goal, name(cgroup), occupants, advice(occupants)));
    }
  }

  private static String advice(Occupants occupants) {
    if (!occupants.hasThisJvm()) {
      return "move them into a cgroup in it, or name another one in linux.cgroupsPath";
    }
    return occupants.withoutThisJvm().isEmpty()
        ? "ContainerRuntime.builder().adoptCgroup() moves this JVM out of the way"
        : "start this JVM in a cgroup of its own, by systemd-run -p Delegate=yes or as a service,"
            + " and let it adopt that: ContainerRuntime.builder().adoptCgroup()";
  }

  /**
   * Those that keep a cgroup from handing controllers down: none in the root of all, which may do
   * both. A cgroup that is mounted as the root, as in a container, may not.
   */
  Occupants occupants(String cgroup) throws CgroupException {
    try {
      return isRoot(cgroup)
          ? new Occupants(List.of())
          : new Occupants(CgroupText.pids(unified.read(cgroup, CgroupDirectory.PROCS)));
    } catch (SyscallException e) {
      String goal = "cgroup \"%s\": list processes".formatted(name(cgroup));
      throw e.errno() == Errno.EOPNOTSUPP
          ? new CgroupException(goal, e, THREADED)
          : new CgroupException(goal, e);
    }
  }

  static final String THREADED =
      "it is threaded, or in one that is: threads are divided among such cgroups, and processes and"
          + " memory cannot be; name another one in linux.cgroupsPath";

  /** Whether it is the root of all cgroups, the only one without a type. */
  boolean isRoot(String cgroup) throws SyscallException {
    return cgroup.equals(Hierarchy.ROOT) && !unified.exists("cgroup.type");
  }

  private UnsupportedFeatureException notDelegated(String cgroup, CgroupWrite write)
      throws CgroupException {
    List<String> available = controllers(cgroup, FILE);
    List<String> wanted = new ArrayList<>(available);
    wanted.add(write.controller());
    return new UnsupportedFeatureException(
        "%s: the %s controller is not delegated to uid %s (available: %s); systemd delegates it to what it runs for the user, systemd-run --user --scope -p Delegate=yes COMMAND, if root has Delegate=%5$s in a drop-in of user@.service"
            .formatted(
                write.goal(),
                write.controller(),
                Host.geteuid(),
                String.join(" ", available),
                String.join(" ", wanted)));
  }

  private CgroupException failure(
      String goal, String cgroup, String change, SyscallException cause) {
    String step =
        "%s: write \"%s\" to %s".formatted(goal, change, unified.hostPath(cgroup + "/" + FILE));
    return cause.errno() == Errno.EOPNOTSUPP
        ? new CgroupException(step, cause, THREADED)
        : new CgroupException(step, cause);
  }

  private List<String> controllers(String cgroup, String file) throws CgroupException {
    try {
      return CgroupText.controllers(unified.read(cgroup, file));
    } catch (SyscallException e) {
      throw new CgroupException("read %s".formatted(unified.hostPath(cgroup + "/" + file)), e);
    }
  }

  /** As a configuration has it. */
  static String name(String cgroup) {
    return cgroup.equals(Hierarchy.ROOT) ? "/" : "/" + cgroup;
  }
}
