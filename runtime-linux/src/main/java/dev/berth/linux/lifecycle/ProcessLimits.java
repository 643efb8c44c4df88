package dev.berth.linux.lifecycle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.berth.core.plan.RlimitKind;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Rlimit;
import java.io.IOException;

/** Sets from outside what a process in a user namespace may not set for itself. */
final class ProcessLimits {
  private ProcessLimits() {}

  static void set(int pid, ProcessSpec process) throws IOException {
    for (Rlimit limit : process.rlimits()) {
      set(pid, limit);
    }
    if (process.oomScoreAdj() != null) {
      setOomScoreAdj(pid, process.oomScoreAdj());
    }
  }

  private static void set(int pid, Rlimit limit) throws IOException {
    try {
      Processes.prlimit64(
          pid,
          RlimitKind.of(limit.type()).number(),
          new dev.berth.linux.sys.Rlimit(limit.soft(), limit.hard()));
    } catch (SyscallException e) {
      throw new IOException("set %s: %s".formatted(limit.type(), e.getMessage()), e);
    }
  }

  private static void setOomScoreAdj(int pid, int value) throws IOException {
    String file = "/proc/" + pid + "/oom_score_adj";
    try (Fd fd = Directories.open(file, Directories.O_WRONLY | Directories.O_CLOEXEC, 0)) {
      Descriptors.writeFully(fd, Integer.toString(value).getBytes(US_ASCII));
    } catch (SyscallException e) {
      throw new IOException("set oom_score_adj %s: %s".formatted(value, e.getMessage()), e);
    }
  }
}
