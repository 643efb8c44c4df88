package dev.berth.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Print the state of a container as JSON.")
final class StateCommand implements Verb {
  private final GlobalOptions global;

  @Parameters(paramLabel = "ID", description = "The container.")
  private String id = "";

  StateCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() {
    global.out().println(StateJson.object(global.container(id).state()));
    return 0;
  }
}
