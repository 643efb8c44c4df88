package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupUsage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was used in a cgroup up to the end of its first process. The files tell most; but systemd
 * learns of the end at the same moment, and removes a scope with its cgroup. What could not be read
 * any more is then what systemd has read before that.
 */
public final class LastUsage {
  private final Cgroup cgroup;
  private volatile @Nullable Reading atOnce;

  /** Of this cgroup, whose first process may still run. */
  public LastUsage(Cgroup cgroup) {
    this.cgroup = cgroup;
  }

  /**
   * What the files said.
   *
   * @param isAll whether they were there all the time, so that what is absent is not counted, or
   *     there is nobody else to ask
   */
  private record Reading(CgroupUsage usage, boolean isAll) {}

  /** Reads the files, now that the process has ended, and waits for nobody. */
  public void readFiles() throws CgroupException {
    atOnce = files();
  }

  private Reading files() throws CgroupException {
    CgroupUsage usage = cgroup.usage();
    return new Reading(usage, cgroup.unit().isEmpty() || cgroup.directories().exist());
  }

  /** All that there is to know; may wait for systemd, which need not keep the unit afterwards. */
  public CgroupUsage read() throws CgroupException {
    Optional<CgroupUnit> unit = cgroup.unit();
    try {
      Reading known = atOnce;
      Reading reading = known == null ? files() : known;
      return reading.isAll ? reading.usage : reading.usage.or(unit.orElseThrow().lastUsage());
    } finally {
      unit.ifPresent(CgroupUnit::letGo);
    }
  }
}
