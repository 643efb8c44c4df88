package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.sys.HostEnvironment;
import dev.berth.spec.ProcessSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
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

  @Option(
      names = "--pidfd-socket",
      paramLabel = "SOCKET",
      description = "Send a pidfd of the container's first process to this AF_UNIX socket.")
  private @Nullable Path pidfdSocket;

  @Option(
      names = "--no-pivot",
      description = "Change the root by a move and chroot(2), not by pivot_root(2).")
  private boolean noPivot;

  @Option(
      names = "--no-new-keyring",
      description = "Leave the container the session keyring of this program.")
  private boolean noNewKeyring;

  @Option(
      names = "--preserve-fds",
      paramLabel = "N",
      description = "Hand N further descriptors to the program, from 3 on.")
  private int preserveFds;

  @Parameters(paramLabel = "ID", description = "A new name for the container.")
  private String id = "";

  /** The container to be that this program leaves alone. */
  ContainerBuilder detached(GlobalOptions global) throws IOException {
    return detached(builder(global));
  }

  /** The same, of what {@link #builder} gave. */
  ContainerBuilder detached(ContainerBuilder builder) {
    return console.detach(builder, hasTerminal(builder));
  }

  /** The container to be. */
  ContainerBuilder builder(GlobalOptions global) throws IOException {
    ContainerBuilder builder = global.runtime().container(id).bundle(bundle);
    global.rootless().applyTo(builder, id);
    passDescriptors(builder);
    if (pidfdSocket != null) {
      builder.pidfdSocket(pidfdSocket);
    }
    if (noNewKeyring) {
      builder.inheritKeyring();
    }
    return noPivot ? builder.withoutPivot() : builder;
  }

  /** What this program does for the program of {@code builder}. */
  Foreground foreground(ContainerBuilder builder) throws IOException {
    return console.foreground(hasTerminal(builder));
  }

  private static boolean hasTerminal(ContainerBuilder builder) {
    ProcessSpec process = builder.spec().process();
    return process != null && process.terminal();
  }

  private void passDescriptors(ContainerBuilder builder) throws IOException {
    SocketActivation sockets =
        SocketActivation.of(HostEnvironment.variables(), ProcessHandle.current().pid());
    int[] listening =
        InheritedDescriptors.numbers(
            SocketActivation.VARIABLE, InheritedDescriptors.FIRST, sockets.descriptors());
    int[] preserved =
        InheritedDescriptors.numbers(
            "--preserve-fds", InheritedDescriptors.FIRST + listening.length, preserveFds);
    if (listening.length + preserved.length > 0) {
      builder.descriptors(
          IntStream.concat(IntStream.of(listening), IntStream.of(preserved)).toArray());
      sockets.announce(builder);
    }
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
