package dev.berth.linux.cgroup;

import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.FileStatus;
import dev.berth.linux.sys.OpenHow;
import dev.berth.linux.sys.SyscallException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * A walk through the cgroups inside a cgroup. A container that may write to its cgroup decides how
 * many there are, how deep they lie in each other, and what their names are. So each step is one
 * name, since a path of more than 4095 bytes is ENAMETOOLONG; one cgroup is open at a time; and
 * nothing recurs.
 */
final class CgroupWalk implements AutoCloseable {
  private static final int FLAGS = Directories.O_RDONLY | Directories.O_DIRECTORY;
  private static final OpenHow DOWN = new OpenHow(FLAGS, 0, Hierarchy.CONFINED);
  private static final OpenHow UP = new OpenHow(FLAGS, 0, OpenHow.RESOLVE_NO_XDEV);

  /**
   * A directory has a link for its name, one for "{@code .}", and one for "{@code ..}" of each that
   * is in it. To ask for that is faster than to read the names of all its files.
   */
  private static final int LINKS_WITHOUT_CHILDREN = 2;

  private static final String PARENT = "..";

  /** What is done on the way. */
  interface Visitor {
    /** The walk has come to a cgroup. If that is gone by now, ENOENT and ENODEV are no failure. */
    default void enter(Fd cgroup) throws SyscallException {}

    /** The walk has come back from the cgroup {@code name}, and all in it, to {@code parent}. */
    default void leave(Fd parent, String name) throws SyscallException {}
  }

  /** A cgroup on the way from the outermost to the one that is open. */
  private record Level(String name, long inode, Iterator<String> children) {}

  private final Visitor visitor;
  private final Deque<Level> levels = new ArrayDeque<>();
  private Fd cgroup;

  private CgroupWalk(Fd outermost, Visitor visitor) {
    this.cgroup = outermost;
    this.visitor = visitor;
  }

  /**
   * Visits the cgroups inside {@code cgroup}, but not that one; none if it is gone. One that is
   * removed meanwhile may be left out, and so may one that is made.
   */
  static void inside(Hierarchy hierarchy, String cgroup, Visitor visitor) throws SyscallException {
    Fd outermost;
    try {
      outermost = hierarchy.open(cgroup, FLAGS);
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return;
      }
      throw e;
    }
    try (CgroupWalk walk = new CgroupWalk(outermost, visitor)) {
      walk.run();
    }
  }

  private void run() throws SyscallException {
    levels.add(level(PARENT));
    while (levels.getLast().children.hasNext() || levels.size() > 1) {
      if (levels.getLast().children.hasNext()) {
        goDown(levels.getLast().children.next());
      } else {
        goUp(levels.removeLast().name);
      }
    }
  }

  private void goDown(String name) throws SyscallException {
    try {
      moveTo(Directories.openat2(cgroup, name, DOWN));
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return;
      }
      throw e;
    }
    levels.add(level(name));
    try {
      visitor.enter(cgroup);
    } catch (SyscallException e) {
      if (!Hierarchy.isGone(e)) {
        throw e;
      }
    }
  }

  private void goUp(String left) throws SyscallException {
    moveTo(Directories.openat2(cgroup, PARENT, UP));
    // A cgroup cannot be moved into another one; only a file system that is none could do it.
    if (Directories.statx(cgroup).inode() != levels.getLast().inode) {
      throw new SyscallException("openat2(\"..\") of cgroup " + left, Errno.ESTALE.number());
    }
    visitor.leave(cgroup, left);
  }

  private void moveTo(Fd next) {
    cgroup.close();
    cgroup = next;
  }

  private Level level(String name) throws SyscallException {
    FileStatus status = Directories.statx(cgroup);
    return new Level(name, status.inode(), children(status).iterator());
  }

  private List<String> children(FileStatus status) throws SyscallException {
    if (status.linkCount() == LINKS_WITHOUT_CHILDREN) {
      return List.of();
    }
    try {
      return Directories.subdirectories(cgroup);
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return List.of();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    cgroup.close();
  }
}
