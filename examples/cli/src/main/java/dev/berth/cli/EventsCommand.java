package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerEvent;
import dev.berth.ContainerEvents.Listening;
import dev.berth.ContainerException;
import dev.berth.ContainerNotFoundException;
import dev.berth.ContainerStateException;
import dev.berth.Stats;
import dev.berth.Status;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description = "Print what a container uses, and when it ran out of memory, until it stops.")
final class EventsCommand implements Verb {
  private static final int AT_ONCE = 16;

  private final GlobalOptions global;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      converter = GoDuration.class,
      description = "How long to wait between figures, such as 500ms or 1m (default: 5s).")
  private Duration interval = Duration.ofSeconds(5);

  @Option(names = "--stats", description = "Print the figures once, at once, and nothing else.")
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
    try {
      if (once) {
        print(container.stats());
      } else {
        follow(container);
      }
    } catch (ContainerNotFoundException deleted) {
      // And so it has stopped.
    }
    return 0;
  }

  private void follow(Container container) throws InterruptedException {
    BlockingQueue<ContainerEvent> events = new ArrayBlockingQueue<>(AT_ONCE);
    try (Listening _ = container.events().listen(event -> put(events, event))) {
      long next = System.nanoTime() + interval.toNanos();
      while (!global.out().checkError()) {
        ContainerEvent event = events.poll(next - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (event == null) {
          print(container.stats());
          next += interval.toNanos();
        } else if (isLast(event)) {
          return;
        }
      }
    }
  }

  /** Waits for whoever reads standard output: events that do not fit are the library's to drop. */
  private static void put(BlockingQueue<ContainerEvent> events, ContainerEvent event) {
    try {
      events.put(event);
    } catch (InterruptedException impossible) {
      throw new AssertionError("nobody else knows this thread", impossible);
    }
  }

  /** Prints the event if it is one to be printed. */
  private boolean isLast(ContainerEvent event) {
    return switch (event) {
      case ContainerEvent.OutOfMemory _ -> {
        global.out().println(StatsJson.outOfMemory(id));
        yield false;
      }
      case ContainerEvent.Exited _, ContainerEvent.Deleted _ -> true;
      default -> false;
    };
  }

  private void print(Stats stats) {
    if (stats.cpu().total().isEmpty()) {
      throw new ContainerException(id, "no figures: it has no cgroup in which they are counted");
    }
    global.out().println(StatsJson.event(id, stats));
  }
}
