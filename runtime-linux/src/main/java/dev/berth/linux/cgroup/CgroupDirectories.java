package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A cgroup as it is in the file systems: a directory in each hierarchy.
 *
 * @param path by which it is known; its directories are there, or inside
 */
record CgroupDirectories(CgroupPath path, List<CgroupDirectory> all) {

  CgroupDirectories {
    all = List.copyOf(all);
  }

  /** The one in cgroup v2. */
  Optional<CgroupDirectory> unified() {
    return all.stream().filter(each -> each.hierarchy().mount().isUnified()).findFirst();
  }

  /** Whether there is one in cgroup v2, and no other. */
  boolean areUnifiedAlone() {
    return all.stream().allMatch(each -> each.hierarchy().mount().isUnified());
  }

  /** The one in the hierarchy of cgroup v1 that has this controller. */
  Optional<CgroupDirectory> of(String controller) {
    return all.stream().filter(each -> each.hierarchy().has(controller)).findFirst();
  }

  /** Whether all were made for the cgroup, which was not there before. */
  boolean areNew() {
    return all.stream().allMatch(each -> each.made() != null);
  }

  /** Those of a cgroup in each, which nobody makes. */
  CgroupDirectories inside(Function<MountedHierarchy, String> path) {
    return new CgroupDirectories(
        this.path,
        all.stream().map(each -> each.inside(path.apply(each.hierarchy().mount()))).toList());
  }

  /** Whether they are there, all of them. */
  boolean exist() throws CgroupException {
    try {
      for (CgroupDirectory directory : all) {
        if (!directory.hierarchy().exists(directory.fromRoot())) {
          return false;
        }
      }
      return true;
    } catch (SyscallException e) {
      throw failure("look for it", e);
    }
  }

  /** See {@link Cgroup#openProcs}. */
  Fd openProcs(String hierarchy) throws CgroupException {
    CgroupDirectory directory =
        all.stream()
            .filter(each -> each.hierarchy().mount().name().equals(hierarchy))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no hierarchy \"" + hierarchy + "\""));
    try {
      return directory
          .hierarchy()
          .open(directory.fromRoot() + "/" + CgroupDirectory.PROCS, Directories.O_WRONLY);
    } catch (SyscallException e) {
      throw notOpened("cgroup.procs of hierarchy \"%s\"".formatted(hierarchy), directory, e);
    }
  }

  /** See {@link Cgroup#openUnified}. */
  Optional<Fd> openUnified() throws CgroupException {
    Optional<CgroupDirectory> unified = unified();
    if (unified.isEmpty()) {
      return Optional.empty();
    }
    try {
      int flags = Directories.O_PATH | Directories.O_DIRECTORY;
      return Optional.of(unified.get().hierarchy().open(unified.get().fromRoot(), flags));
    } catch (SyscallException e) {
      throw notOpened("directory of cgroup v2", unified.get(), e);
    }
  }

  /** Only those of a further process are not there: it joins what the container has made. */
  private static CgroupException notOpened(
      String file, CgroupDirectory directory, SyscallException cause) {
    String goal = "cgroup \"%s\": open %s".formatted(directory.path(), file);
    return cause.errno() == Errno.ENOENT
        ? new CgroupException(goal, cause, "a process can only join a cgroup that is there")
        : new CgroupException(goal, cause);
  }

  /** Lets pass a cgroup in which a process would not stop; a new one may lie in a frozen one. */
  void requireThawed() throws CgroupException {
    try {
      for (CgroupDirectory directory : all) {
        if (!directory.isAlone() && directory.isFrozen()) {
          throw new CgroupException(
              "cgroup \"%s\": frozen; thaw it, or choose another cgroup".formatted(path));
        }
      }
    } catch (SyscallException e) {
      throw failure("look whether it is frozen", e);
    }
  }

  /**
   * Whether a cgroup that this one lies in was made for it.
   *
   * @param controller in the hierarchy of which
   */
  boolean isMadeFor(CgroupPath parent, String controller) {
    return of(controller)
        .map(CgroupDirectory::made)
        .filter(made -> made.length() <= parent.value().length())
        .isPresent();
  }

  CgroupException failure(String step, SyscallException cause) {
    return new CgroupException("cgroup \"%s\": %s".formatted(path, step), cause);
  }
}
