package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerNotFoundException;
import dev.berth.State;
import dev.berth.core.text.HostPath;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(description = "List the containers below the root.")
final class ListCommand implements Verb {
  private final GlobalOptions global;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "table|json",
      description = "The format (default: table).")
  private OutputFormat format = OutputFormat.TABLE;

  @Option(
      names = {"-q", "--quiet"},
      description = "Only the ids.")
  private boolean quiet;

  ListCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() {
    List<Container> containers = global.runtime().containers();
    if (quiet) {
      containers.forEach(container -> global.out().println(container.id()));
      return 0;
    }
    List<State> states = states(containers);
    switch (format) {
      case JSON -> global.out().println(StateJson.array(states));
      case TABLE -> global.out().print(table(states));
    }
    return 0;
  }

  private static List<State> states(List<Container> containers) {
    List<State> states = new ArrayList<>();
    for (Container container : containers) {
      try {
        states.add(container.state());
      } catch (ContainerNotFoundException deletedMeanwhile) {
        continue;
      }
    }
    return states;
  }

  static Table table(List<State> states) {
    Table table = new Table("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER");
    for (State state : states) {
      table.add(
          state.id(),
          Long.toString(state.pid()),
          state.status().toString(),
          HostPath.text(state.bundle()),
          StateJson.time(state.created()),
          state.owner());
    }
    return table;
  }
}
