package dev.berth.linux.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.linux.sys.SyscallException;
import java.time.Duration;

/** Stops the processes of a cgroup, and lets them go on. */
public final class CgroupFreezer {

  /** A process that waits in the kernel, for a disk perhaps, cannot be frozen until then. */
  private static final Duration FROZEN_WITHIN = Duration.ofSeconds(10);

  private final Cgroups cgroups;
  private final CgroupDirectories directories;

  CgroupFreezer(Cgroups cgroups, CgroupDirectories directories) {
    this.cgroups = cgroups;
    this.directories = directories;
  }

  /**
   * Whether its processes are stopped by a freezer, so that one that joins it would stop as well.
   */
  public boolean isFrozen() throws CgroupException {
    try {
      for (CgroupDirectory directory : directories.all()) {
        if (directory.isFrozen()) {
          return true;
        }
      }
      return false;
    } catch (SyscallException e) {
      throw directories.failure("look whether it is frozen", e);
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
            "cgroup \"%s\": freeze: not all of its processes have stopped within %s s, so all go on; one may wait for a disk, or somebody else has let them go on"
                .formatted(directories.path(), FROZEN_WITHIN.toSeconds()));
      }
    } catch (SyscallException e) {
      throw directories.failure("freeze", e);
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
                .formatted(directories.path()));
      }
    } catch (SyscallException e) {
      throw directories.failure("thaw", e);
    }
  }

  private Freezer freezer() {
    return Freezer.of(directories)
        .orElseThrow(() ->
            new UnsupportedFeatureException(
                "cgroup \"%s\": freezer: %s"
                    .formatted(directories.path(), cgroups.missing("freezer"))));
  }
}
