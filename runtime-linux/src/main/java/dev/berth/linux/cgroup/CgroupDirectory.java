package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupText;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A container's cgroup in one hierarchy.
 *
 * @param path of the cgroup
 * @param made the topmost cgroup on the path that was made for it; {@code null} if it was there
 */
record CgroupDirectory(Hierarchy hierarchy, CgroupPath path, @Nullable String made) {

  static final String PROCS = "cgroup.procs";

  private static final List<String> CPUSET_FILES = List.of("cpuset.cpus", "cpuset.mems");

  /** Whoever has a cgroup beside ours may remove what both lie in just before ours is there. */
  private static final int ATTEMPTS = 64;

  /** Makes the cgroup, and what it lies in, where it is not there. */
  static CgroupDirectory make(Hierarchy hierarchy, CgroupPath path) throws SyscallException {
    for (int attempt = 1; true; attempt++) {
      try {
        return new CgroupDirectory(hierarchy, path, makeAll(hierarchy, path));
      } catch (SyscallException e) {
        if (!Hierarchy.isGone(e) || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Returns the topmost one that was made. */
  private static @Nullable String makeAll(Hierarchy hierarchy, CgroupPath path)
      throws SyscallException {
    try {
      return hierarchy.take(path.fromRoot()) ? path.value() : null;
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    String top = null;
    for (CgroupPath parent : path.parents()) {
      if (hierarchy.make(parent.fromRoot())) {
        hierarchy.mark(parent.fromRoot());
        top = top == null ? parent.value() : top;
      }
    }
    return hierarchy.take(path.fromRoot()) && top == null ? path.value() : top;
  }

  /** The topmost cgroup on the path that {@link #make} would make now; empty if all are there. */
  static Optional<String> missing(Hierarchy hierarchy, CgroupPath path) throws CgroupException {
    try {
      for (CgroupPath parent : path.parents()) {
        if (!hierarchy.exists(parent.fromRoot())) {
          return Optional.of(parent.value());
        }
      }
      return hierarchy.exists(path.fromRoot()) ? Optional.empty() : Optional.of(path.value());
    } catch (SyscallException e) {
      throw new CgroupException("cgroup \"%s\": look for it in %s".formatted(path, hierarchy), e);
    }
  }

  /**
   * Makes a cgroup in this one, which has to be there.
   *
   * @return empty if there is one of that name
   */
  Optional<CgroupDirectory> makeInside(String name) throws SyscallException {
    CgroupPath inside = new CgroupPath(path.value() + "/" + name);
    return hierarchy.make(inside.fromRoot())
        ? Optional.of(new CgroupDirectory(hierarchy, inside, inside.value()))
        : Optional.empty();
  }

  /** A new cpuset is empty, and nothing can run on no processor: joining it would be ENOSPC. */
  void fillCpuset(String parent) throws SyscallException {
    for (String file : CPUSET_FILES) {
      if (hierarchy.read(fromRoot(), file).isBlank()) {
        hierarchy.write(fromRoot(), file, hierarchy.read(parent, file));
      }
    }
  }

  /** A cgroup in this one, which nobody makes; this one itself where {@code inside} is empty. */
  CgroupDirectory inside(String inside) {
    return inside.isEmpty()
        ? this
        : new CgroupDirectory(hierarchy, new CgroupPath(path.value() + "/" + inside), null);
  }

  /** The cgroup, as openat(2) takes it from the hierarchy's root. */
  String fromRoot() {
    return path.fromRoot();
  }

  /** Whether everything on the path is new, so that nothing can have been done to it before. */
  boolean isAlone() {
    return made != null && made.lastIndexOf('/') == 0;
  }

  /** Whether its processes are stopped, so that one that joins it would stop as well. */
  boolean isFrozen() throws SyscallException {
    if (hierarchy.mount().isUnified()) {
      return holds("cgroup.events", events -> CgroupText.holds(events, "frozen"));
    }
    return hierarchy.has("freezer") && holds("freezer.state", state -> !state.equals("THAWED\n"));
  }

  /** Whether no process can join it, since cgroups in it compete for what it has. */
  boolean handsDown() throws SyscallException {
    return hierarchy.mount().isUnified()
        && holds(SubtreeControl.FILE, controllers -> !controllers.isBlank());
  }

  private boolean holds(String file, Predicate<String> condition) throws SyscallException {
    try {
      return condition.test(hierarchy.read(fromRoot(), file));
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return false;
      }
      throw e;
    }
  }

  /** The processes in the cgroup, and in those in it. */
  List<Integer> processes() throws SyscallException {
    StringBuilder procs = new StringBuilder();
    try {
      procs.append(hierarchy.read(fromRoot(), PROCS));
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return List.of();
      }
      throw e;
    }
    CgroupWalk.inside(hierarchy, fromRoot(), new ProcessesInside(procs));
    return CgroupText.pids(procs.toString());
  }

  private record ProcessesInside(StringBuilder procs) implements CgroupWalk.Visitor {

    /** Whose threads a program has put into cgroups of their own is listed above those. */
    @Override
    public void enter(Fd cgroup) throws SyscallException {
      try {
        procs.append(Hierarchy.read(cgroup, PROCS));
      } catch (SyscallException e) {
        if (e.errno() != Errno.EOPNOTSUPP) {
          throw e;
        }
      }
    }
  }

  /**
   * Removes what was made, from the inside out. Cgroups above it that were made for it, or for
   * another container's that is gone by now, go too unless there is another one in them.
   *
   * @throws SyscallException {@link Errno#EBUSY} if there are processes in it
   */
  void remove() throws SyscallException {
    if (made == null) {
      return;
    }
    removeTree();
    try {
      for (CgroupPath parent : path.parents().reversed()) {
        if (parent.value().length() < made.length() && !hierarchy.isMarked(parent.fromRoot())) {
          return;
        }
        hierarchy.remove(parent.fromRoot());
      }
    } catch (SyscallException e) {
      if (e.errno() != Errno.EBUSY) {
        throw e;
      }
    }
  }

  private void removeTree() throws SyscallException {
    try {
      hierarchy.remove(fromRoot());
    } catch (SyscallException busy) {
      if (busy.errno() != Errno.EBUSY) {
        throw busy;
      }
      CgroupWalk.inside(hierarchy, fromRoot(), new Removal());
      hierarchy.remove(fromRoot());
    }
  }

  private static final class Removal implements CgroupWalk.Visitor {
    @Override
    public void leave(Fd parent, String name) throws SyscallException {
      try {
        Directories.unlinkat(parent, name, Directories.AT_REMOVEDIR);
      } catch (SyscallException e) {
        if (e.errno() != Errno.ENOENT) {
          throw e;
        }
      }
    }
  }
}
