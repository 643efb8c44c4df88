package dev.berth.linux.lifecycle;

import dev.berth.core.cgroup.CgroupUsage;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupProcesses;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Meter;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;

/** The cgroup of one further process and of all that it starts, which ends with it. */
record ExecCgroup(ContainerId id, Cgroup cgroup) implements Meter {

  private static final System.Logger LOG = System.getLogger(ExecCgroup.class.getName());

  /** With the pid of the runtime in it, the name tells who has left one behind. */
  private static final String PREFIX = "exec-%s-".formatted(ProcessHandle.current().pid());

  static ExecCgroup make(ContainerId id, Cgroup outer) throws CgroupException {
    return new ExecCgroup(id, outer.makeInside(PREFIX));
  }

  /** Ends what is left in it, so that the figures are final, and removes it. */
  @Override
  public CgroupUsage read() {
    try {
      CgroupProcesses left = cgroup.processes();
      if (!left.pids().isEmpty()) {
        left.killAll();
      }
      CgroupUsage usage = cgroup.usage();
      cgroup.remove();
      return usage;
    } catch (CgroupException e) {
      throw Failures.of(id, e);
    }
  }

  /** Reads it also if nobody asks for the usage, and does not want to leave it behind either. */
  void endWith(LinuxContainerProcess process) {
    CompletableFuture<Void> _ =
        process
            .onExit()
            .thenRun(process::counted)
            .exceptionally(e -> {
              LOG.log(Level.WARNING, "cgroup of an exec is left: {0}", e.getMessage());
              return null;
            });
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
