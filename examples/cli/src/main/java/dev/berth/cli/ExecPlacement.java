package dev.berth.cli;

import dev.berth.ExecBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the program of {@code exec} runs, and what it gets from this one. */
final class ExecPlacement {
  @Option(
      names = "--cgroup",
      paramLabel = "[CONTROLLER,…:]PATH",
      description =
          "Join this cgroup inside the container's, in all hierarchies or in those of these"
              + " controllers of cgroup v1.")
  private List<String> cgroups = List.of();

  @Option(
      names = "--ignore-paused",
      description = "If the container is paused, wait until it is resumed.")
  private boolean ignorePaused;

  @Option(
      names = "--preserve-fds",
      paramLabel = "N",
      description = "Hand N further descriptors to the program, from 3 on.")
  private int preserveFds;

  @Option(
      names = "--pidfd-socket",
      paramLabel = "SOCKET",
      description = "Send a pidfd of the program to this AF_UNIX socket.")
  private @Nullable Path pidfdSocket;

  /**
   * Tells the builder.
   *
   * @throws IOException if a descriptor that is to be handed over is not open
   * @throws IllegalArgumentException if an option has no meaning
   */
  void apply(ExecBuilder program) throws IOException {
    cgroups.forEach(cgroup -> join(program, cgroup));
    if (ignorePaused) {
      program.awaitResume();
    }
    program.descriptors(
        InheritedDescriptors.numbers("--preserve-fds", InheritedDescriptors.FIRST, preserveFds));
    if (pidfdSocket != null) {
      program.pidfdSocket(pidfdSocket);
    }
  }

  private static void join(ExecBuilder program, String cgroup) {
    int colon = cgroup.indexOf(':');
    if (colon < 0) {
      program.cgroup(cgroup);
      return;
    }
    String path = cgroup.substring(colon + 1);
    for (String controller : cgroup.substring(0, colon).split(",", -1)) {
      program.cgroup(controller, path);
    }
  }
}
