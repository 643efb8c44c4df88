package dev.berth.linux.lifecycle;

import dev.berth.ContainerException;
import dev.berth.core.cgroup.CgroupUsage;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.LastUsage;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Meter;
import dev.berth.linux.sys.DaemonThreads;
import java.lang.System.Logger.Level;

/** Counts all that runs in a container. */
record ContainerMeter(ContainerId id, LastUsage usage) implements Meter {
  private static final System.Logger LOG = System.getLogger(ContainerMeter.class.getName());

  ContainerMeter(ContainerId id, Cgroup cgroup) {
    this(id, new LastUsage(cgroup));
  }

  @Override
  public CgroupUsage read() {
    try {
      return usage.read();
    } catch (CgroupException e) {
      throw Failures.of(id, e);
    }
  }

  /**
   * Reads also if nobody asks, at the end of {@code process}: of a cgroup that may go by itself.
   * What has to wait for systemd is not done on the thread that tells of the end.
   */
  void endWith(LinuxContainerProcess process) {
    try {
      usage.readFiles();
    } catch (CgroupException e) {
      LOG.log(Level.DEBUG, "container \"{0}\": {1}", id, e.getMessage());
    }
    DaemonThreads.startVirtual(() -> {
      try {
        process.counted();
      } catch (ContainerException e) {
        // Whoever asks for the usage is told again.
        LOG.log(Level.DEBUG, e.getMessage());
      }
    });
  }
}
