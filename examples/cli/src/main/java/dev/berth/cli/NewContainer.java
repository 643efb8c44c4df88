package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerRuntime;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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

  @Option(names = "--console-socket", paramLabel = "SOCKET", description = "Not supported yet.")
  private @Nullable Path consoleSocket;

  @Option(names = "--pidfd-socket", paramLabel = "SOCKET", description = "Not supported yet.")
  private @Nullable Path pidfdSocket;

  @Option(names = "--no-pivot", description = "Not supported yet.")
  private boolean noPivot;

  @Option(
      names = "--no-new-keyring",
      description = "Leave the container the session keyring of this program.")
  private boolean noNewKeyring;

  @Option(names = "--preserve-fds", paramLabel = "N", description = "Not supported yet, unless 0.")
  private int preserveFds;

  @Parameters(paramLabel = "ID", description = "A new name for the container.")
  private String id = "";

  /** The container to be, on this program's own standard streams. */
  ContainerBuilder builder(ContainerRuntime runtime) {
    NotYet.refuse("--console-socket", consoleSocket != null);
    NotYet.refuse("--pidfd-socket", pidfdSocket != null);
    NotYet.refuse("--no-pivot", noPivot);
    NotYet.refuse("--preserve-fds", preserveFds != 0);
    ContainerBuilder builder = runtime.container(id).bundle(bundle).inheritIO();
    return noNewKeyring ? builder.inheritKeyring() : builder;
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
