package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupUsage;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.systemd.SystemdUnit;
import dev.berth.spec.DeviceRule;
import java.util.List;

/** The side of a cgroup that systemd knows, and that is to be told of what happens to it. */
interface CgroupUnit {

  /** What to write down. */
  SystemdUnit unit();

  /**
   * Tells the limits that change; those that systemd has no word for are not its business.
   *
   * @param devices none where they do not change
   */
  void change(List<CgroupWrite> writes, List<DeviceRule> devices) throws CgroupException;

  /**
   * Puts a process into its cgroup, or one inside.
   *
   * @param inside from its cgroup, with a slash in front; empty for its cgroup itself
   */
  void attach(int pid, String inside) throws CgroupException;

  /** Whether it was started for the container; else it is not there, or somebody else's. */
  boolean isTheContainers();

  /** What systemd counted in a cgroup that it has removed; nothing of a unit that is forgotten. */
  CgroupUsage lastUsage();

  /** Lets systemd forget it when it is over. */
  void letGo();

  /** Removes the unit, and its cgroup with it; it is no error if it is gone already. */
  void remove() throws CgroupException;
}
