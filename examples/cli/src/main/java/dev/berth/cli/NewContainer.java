package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerRuntime;
import dev.berth.spec.ProcessSpec;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code create} and {@code run} have in common. */
final class NewContainer {
  @Option(
      names = {"-b", "--bundle"},
      paramLabel = "DIR",
      description = "The bundle (default: the current directory).")
  private Path bundle = Path.of("");

  @Option(
      names = "--pid-file",
      paramLabel = "FILE",
      description = "Write the process id of the container's first process to this file.")
  private @Nullable Path pidFile;

  @Mixin private Console console = new Console();

  @Option(names = "--pidfd-socket", paramLabel = "SOCKET", description = "Not supported yet.")
  private @Nullable Path pidfdSocket;

  @Option(names = "--no-pivot", description = "Not supported yet.")
  private boolean noPivot;

  @Option(names = "--no-new-keyring", description = "Not supported yet.")
  private boolean noNewKeyring;

  @Option(names = "--preserve-fds", paramLabel = "N", description = "Not supported yet, unless 0.")
  private int preserveFds;

  @Parameters(paramLabel = "ID", description = "A new name for the container.")
  private String id = "";

  /** The container to be that this program leaves alone. */
  ContainerBuilder detached(ContainerRuntime runtime) {
    ContainerBuilder builder = builder(runtime);
    return console.detach(builder, hasTerminal(builder));
  }

  /** The container to be. */
  ContainerBuilder builder(ContainerRuntime runtime) {
    NotYet.refuse("--pidfd-socket", pidfdSocket != null);
    NotYet.refuse("--no-pivot", noPivot);
    NotYet.refuse("--no-new-keyring", noNewKeyring);
    NotYet.refuse("--preserve-fds", preserveFds != 0);
    return runtime.container(id).bundle(bundle);
  }

  /** What this program does for the program of {@code builder}. */
  Foreground foreground(ContainerBuilder builder) throws IOException {
    return console.foreground(hasTerminal(builder));
  }

  private static boolean hasTerminal(ContainerBuilder builder) {
    ProcessSpec process = builder.spec().process();
    return process != null && process.terminal();
  }

  /** Writes the pid file, if one is wanted; without it the container is of no use to the caller. */
  void writePidFile(Container container) throws IOException {
    try {
      PidFile.write(pidFile, container.process().pid());
    } catch (IOException e) {
      container.deleteForcibly();
      throw e;
    }
  }
}
