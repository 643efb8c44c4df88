package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerNotFoundException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(description = "Delete a stopped container.")
final class DeleteCommand implements Verb {
  private final GlobalOptions global;

  @Option(
      names = {"-f", "--force"},
      description = "Kill what runs in it first; without a word if there is no such container.")
  private boolean force;

  @Parameters(paramLabel = "ID", description = "The container.")
  private String id = "";

  DeleteCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() {
    if (force) {
      deleteForcibly();
    } else {
      global.container(id).delete();
    }
    return 0;
  }

  private void deleteForcibly() {
    try {
      global.runtime().find(id).ifPresent(Container::deleteForcibly);
    } catch (ContainerNotFoundException deletedMeanwhile) {
      return;
    }
  }
}
