package dev.berth.cli;

import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.ExecBuilder;

/** A program in the foreground that has this one's own standard streams. */
final class PassedStreams implements Foreground {
  private final ForwardedSignals signals = ForwardedSignals.catchAll();

  @Override
  public ContainerBuilder prepare(ContainerBuilder container) {
    return container.inheritIO();
  }

  @Override
  public ExecBuilder prepare(ExecBuilder program) {
    return program.inheritIO();
  }

  @Override
  public int await(ContainerProcess process) throws InterruptedException {
    signals.forwardTo(process::signal);
    return process.waitFor();
  }

  @Override
  public void close() {}
}
