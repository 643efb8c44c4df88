package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import java.io.IOException;
import java.util.Optional;
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
    ContainerBuilder builder = container.builder(global);
    Optional<NotifyProxy> proxy = NotifyProxy.of(System.getenv());
    try {
      proxy.ifPresent(each -> each.announce(builder));
      return run(builder, proxy);
    } finally {
      if (proxy.isPresent()) {
        proxy.get().close();
      }
    }
  }

  private int run(ContainerBuilder builder, Optional<NotifyProxy> proxy)
      throws IOException, InterruptedException {
    if (detach) {
      Container started = builder.detached().start();
      container.writePidFile(started);
      if (proxy.isPresent()) {
        proxy.get().forward(started.process().pid(), started.process()::isAlive);
      }
      return 0;
    }
    return foreground(keep ? builder.detached() : builder, proxy);
  }

  /** Closing an attached container deletes it, and only lets go of a detached one. */
  private int foreground(ContainerBuilder builder, Optional<NotifyProxy> proxy)
      throws IOException, InterruptedException {
    ForwardedSignals signals = ForwardedSignals.catchAll();
    try (Container running = builder.start()) {
      container.writePidFile(running);
      signals.forwardTo(running.process());
      if (proxy.isPresent()) {
        forward(proxy.get(), running.process());
      }
      return running.process().waitFor();
    }
  }

  /** To the manager, this program is the service: it ends when the container's does. */
  private static void forward(NotifyProxy proxy, ContainerProcess process) throws IOException {
    proxy.forward(ProcessHandle.current().pid(), process::isAlive);
  }
}
