package dev.berth.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Let the processes of a paused container go on.")
final class ResumeCommand implements Verb {
  private final GlobalOptions global;

  @Parameters(paramLabel = "ID", description = "The container.")
  private String id = "";

  ResumeCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() {
    global.container(id).resume();
    return 0;
  }
}
