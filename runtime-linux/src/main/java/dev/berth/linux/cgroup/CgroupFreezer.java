package dev.berth.linux.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.linux.sys.SyscallException;
import java.time.Duration;
import java.util.List;

/** Stops the processes of a cgroup, and lets them go on. */
public final class CgroupFreezer {

  /** A process that waits in the kernel, for a disk perhaps, cannot be frozen until then. */
  private static final Duration FROZEN_WITHIN = Duration.ofSeconds(10);

  private final Cgroups cgroups;
  private final CgroupPath path;
  private final List<CgroupDirectory> directories;

  CgroupFreezer(Cgroups cgroups, CgroupPath path, List<CgroupDirectory> directories) {
    this.cgroups = cgroups;
    this.path = path;
    this.directories = directories;
  }

  /**
   * Whether its processes are stopped by a freezer, so that one that joins it would stop as well.
   */
  public boolean isFrozen() throws CgroupException {
    try {
      for (CgroupDirectory directory : directories) {
        if (directory.isFrozen()) {
          return true;
        }
      }
      return false;
    } catch (SyscallException e) {
      throw failure("look whether it is frozen", e);
    }
  }

  /**
   * Stops its processes, all or none.
   *
   * @throws UnsupportedFeatureException if there is nothing that could
   * @throws CgroupException if one does not stop within ten seconds; then all go on
   */
  public void freeze() throws CgroupException {
    try {
      if (!freezer().freeze(FROZEN_WITHIN)) {
        throw new CgroupException(
            "cgroup \"%s\": freeze: not all of its processes have stopped within %d s, so all go on; one may wait for a disk, or somebody else has let them go on"
                .formatted(path, FROZEN_WITHIN.toSeconds()));
      }
    } catch (SyscallException e) {
      throw failure("freeze", e);
    }
  }

  /**
   * Lets its processes go on.
   *
   * @throws UnsupportedFeatureException if there is nothing that could have stopped them
   * @throws CgroupException if they do not
   */
  public void thaw() throws CgroupException {
    try {
      if (!freezer().thaw()) {
        throw new CgroupException(
            "cgroup \"%s\": thaw: its processes do not go on; a cgroup above it is frozen: thaw that"
                .formatted(path));
      }
    } catch (SyscallException e) {
      throw failure("thaw", e);
    }
  }

  private Freezer freezer() {
    return Freezer.of(directories)
        .orElseThrow(() ->
            new UnsupportedFeatureException(
                "cgroup \"%s\": freezer: %s".formatted(path, cgroups.missing("freezer"))));
  }

  private CgroupException failure(String step, SyscallException cause) {
    return new CgroupException("cgroup \"%s\": %s".formatted(path, step), cause);
  }
}
