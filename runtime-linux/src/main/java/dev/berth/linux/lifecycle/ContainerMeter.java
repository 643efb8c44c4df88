package dev.berth.linux.lifecycle;

import dev.berth.ContainerException;
import dev.berth.core.cgroup.CgroupUsage;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.process.Meter;

/** Counts all that runs in a container. */
record ContainerMeter(ContainerId id, Cgroup cgroup) implements Meter {
  @Override
  public CgroupUsage read() {
    try {
      return cgroup.usage();
    } catch (CgroupException e) {
      throw new ContainerException(id.value(), String.valueOf(e.getMessage()), e);
    }
  }
}
