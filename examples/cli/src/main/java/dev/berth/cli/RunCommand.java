package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(description = "Create a container and start its program.")
final class RunCommand implements Verb {
  private final GlobalOptions global;

  @Mixin private NewContainer container = new NewContainer();

  @Option(
      names = {"-d", "--detach"},
      description = "Return once the program runs.")
  private boolean detach;

  @Option(names = "--keep", description = "Do not delete the container when its program ends.")
  private boolean keep;

  @Option(
      names = "--no-subreaper",
      description = "Accepted, and of no effect: Berth is never a subreaper.")
  private boolean noSubreaper;

  RunCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() throws IOException, InterruptedException {
    if (detach) {
      container.writePidFile(container.detached(global).start());
      return 0;
    }
    ContainerBuilder builder = container.builder(global);
    return foreground(keep ? builder.detached() : builder);
  }

  /** Closing an attached container deletes it, and only lets go of a detached one. */
  private int foreground(ContainerBuilder builder) throws IOException, InterruptedException {
    try (Foreground foreground = container.foreground(builder);
        Container running = foreground.prepare(builder).start()) {
      container.writePidFile(running);
      return foreground.await(running.process());
    }
  }
}
