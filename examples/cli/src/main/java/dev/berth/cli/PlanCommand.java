package dev.berth.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(description = "Print what would happen to run a bundle, step by step.")
final class PlanCommand implements Verb {
  private final GlobalOptions global;

  @Option(
      names = {"-b", "--bundle"},
      paramLabel = "DIR",
      description = "The bundle (default: the current directory).")
  private Path bundle = Path.of("");

  PlanCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() {
    global.out().print(global.runtime().container("container").bundle(bundle).explain());
    return 0;
  }
}
