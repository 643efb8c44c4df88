package dev.berth.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Start the program of a created container.")
final class StartCommand implements Verb {
  private final GlobalOptions global;

  @Parameters(paramLabel = "ID", description = "The container.")
  private String id = "";

  StartCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() {
    global.container(id).start();
    return 0;
  }
}
