package dev.berth.linux.process;

import dev.berth.core.cgroup.CgroupUsage;

/** Whoever counts what is used on behalf of a process, besides what wait4(2) tells its parent. */
public interface Meter {
  /**
   * Reads it, once, after the end of the process.
   *
   * @throws dev.berth.ContainerException if it cannot be read
   */
  CgroupUsage read();
}
