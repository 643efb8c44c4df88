package dev.berth.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Stop all processes of a container until it is resumed.")
final class PauseCommand implements Verb {
  private final GlobalOptions global;

  @Parameters(paramLabel = "ID", description = "The container.")
  private String id = "";

  PauseCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() {
    global.container(id).pause();
    return 0;
  }
}
