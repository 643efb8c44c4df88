package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.linux.sys.HostEnvironment;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(description = "Create a container and start its program.")
final class RunCommand implements Verb {
  private static final System.Logger LOG = System.getLogger(RunCommand.class.getName());

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
    Optional<NotifyProxy> proxy = NotifyProxy.of(HostEnvironment.variables());
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
      Container started = container.detached(builder).start();
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
    try (Foreground foreground = container.foreground(builder);
        Container running = foreground.prepare(builder).start()) {
      container.writePidFile(running);
      Optional<Thread> notifier = proxy.map(each -> forwarding(each, running.process()));
      int exit = foreground.await(running.process());
      running
          .process()
          .ending()
          .ifPresent(
              ending -> LOG.log(Level.DEBUG, "container \"{0}\": {1}", running.id(), ending));
      if (notifier.isPresent()) {
        notifier.get().join();
      }
      return exit;
    }
  }

  /** To the manager, this program is the service: it ends when the container's does. */
  private static Thread forwarding(NotifyProxy proxy, ContainerProcess process) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            proxy.forward(ProcessHandle.current().pid(), process::isAlive);
          } catch (IOException e) {
            LOG.log(Level.WARNING, "{0}: {1}", NotifyProxy.VARIABLE, e.getMessage());
          }
        });
  }
}
