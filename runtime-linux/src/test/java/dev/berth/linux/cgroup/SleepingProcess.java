package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A process to put into a cgroup. */
final class SleepingProcess implements AutoCloseable {

  private final Process process;

  SleepingProcess() throws IOException {
    process = new ProcessBuilder("sleep", "1000").start();
  }

  int pid() {
    return (int) process.pid();
  }

  void join(Cgroup cgroup) throws IOException {
    for (MountedHierarchy hierarchy : cgroup.hierarchies()) {
      try (Fd procs = cgroup.openProcs(hierarchy.name())) {
        Descriptors.writeFully(procs, Integer.toString(pid()).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** What a shell would call its exit status: 137 after SIGKILL. */
  int exitValue() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
