package dev.berth.linux.cgroup;

import dev.berth.linux.sys.SyscallException;
import java.time.Duration;
import java.util.Optional;

/** What stops all processes of a cgroup, and those in cgroups inside it, and lets them go on. */
sealed interface Freezer permits FreezerV1, FreezerV2 {

  /**
   * The one for a cgroup. Where both versions have one, it is that of version 1, at which engines
   * look.
   *
   * @return empty if no hierarchy has one
   */
  static Optional<Freezer> of(CgroupDirectories directories) {
    return FreezerV1.of(directories).<Freezer>map(v1 -> v1).or(() -> FreezerV2.of(directories));
  }

  /**
   * Stops the processes, and waits until they have. If not all do, all go on.
   *
   * @return whether they have stopped
   */
  boolean freeze(Duration within) throws SyscallException;

  /**
   * Lets the processes go on.
   *
   * @return whether they do; they do not if a cgroup above is frozen
   */
  boolean thaw() throws SyscallException;
}
