package dev.berth.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(description = "Create a container, whose program waits for start.")
final class CreateCommand implements Verb {
  private final GlobalOptions global;

  @Mixin private NewContainer container = new NewContainer();

  CreateCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() throws IOException {
    container.writePidFile(container.detached(global).create());
    return 0;
  }
}
