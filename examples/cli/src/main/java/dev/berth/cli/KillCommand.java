package dev.berth.cli;

import dev.berth.Container;
import dev.berth.Signal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(description = "Send a signal to the first process of a container.")
final class KillCommand implements Verb {
  private final GlobalOptions global;

  @Option(
      names = {"-a", "--all"},
      description = "Send it to every process of the container, stopped or not.")
  private boolean all;

  @Parameters(index = "0", paramLabel = "ID", description = "The container.")
  private String id = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "SIGNAL",
      description = "By name or number (default: TERM).")
  private String signal = "TERM";

  KillCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() {
    Signal parsed = Signal.parse(signal);
    Container container = global.container(id);
    if (all) {
      container.killAll(parsed);
    } else {
      container.kill(parsed);
    }
    return 0;
  }
}
