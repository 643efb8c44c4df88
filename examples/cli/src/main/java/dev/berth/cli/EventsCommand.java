package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerNotFoundException;
import dev.berth.ContainerProcess;
import dev.berth.ContainerStateException;
import dev.berth.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(description = "Print what a container uses, again and again until it stops.")
final class EventsCommand implements Verb {
  private final GlobalOptions global;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      converter = GoDuration.class,
      description = "How long to wait between figures, such as 500ms or 1m (default: 5s).")
  private Duration interval = Duration.ofSeconds(5);

  @Option(names = "--stats", description = "Print the figures once, at once.")
  private boolean once;

  @Parameters(index = "0", paramLabel = "ID", description = "The container.")
  private String id = "";

  EventsCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() throws InterruptedException {
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("--interval: must be longer than 0");
    }
    Container container = global.container(id);
    Status status = container.state().status();
    if (status == Status.STOPPED) {
      throw new ContainerStateException(id, status, "no events: container not running");
    }
    if (once) {
      print(container);
    } else {
      printUntilItStops(container);
    }
    return 0;
  }

  private void printUntilItStops(Container container) throws InterruptedException {
    ContainerProcess first = container.process();
    try {
      while (!first.waitFor(interval.toNanos(), TimeUnit.NANOSECONDS)) {
        print(container);
      }
    } catch (ContainerNotFoundException deleted) {
      // And so it has stopped.
    }
  }

  private void print(Container container) {
    global.out().println(StatsJson.event(id, container.stats()));
  }
}
