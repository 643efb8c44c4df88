package dev.berth.linux.lifecycle;

import dev.berth.ContainerException;
import dev.berth.core.cgroup.CgroupUsage;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.process.Meter;

/** The cgroup of one further process and of all that it starts, which ends with it. */
record ExecCgroup(ContainerId id, Cgroup cgroup) implements Meter {

  /** With the pid of the runtime in it, the name tells who has left one behind. */
  private static final String PREFIX = "exec-%d-".formatted(ProcessHandle.current().pid());

  static ExecCgroup make(ContainerId id, Cgroup outer) throws CgroupException {
    return new ExecCgroup(id, outer.makeInside(PREFIX));
  }

  /** Ends what is left in it, so that the figures are final, and removes it. */
  @Override
  public CgroupUsage read() {
    try {
      if (!cgroup.processes().isEmpty()) {
        cgroup.killAll();
      }
      CgroupUsage usage = cgroup.usage();
      cgroup.remove();
      return usage;
    } catch (CgroupException e) {
      throw new ContainerException(id.value(), String.valueOf(e.getMessage()), e);
    }
  }

  /** Removes it because there is no process for it. */
  void removeAfter(Throwable failure) {
    try {
      cgroup.remove();
    } catch (CgroupException e) {
      failure.addSuppressed(e);
    }
  }
}
