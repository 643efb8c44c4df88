package dev.berth.cli;

import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.ExecBuilder;
import java.io.IOException;

/** What this program does for a program in the foreground, until that ends. */
sealed interface Foreground extends AutoCloseable permits PassedStreams, TerminalSession {

  /** Gives the program to be its standard streams. */
  ContainerBuilder prepare(ContainerBuilder container);

  /** Gives the program to be its standard streams. */
  ExecBuilder prepare(ExecBuilder program);

  /** Waits for the end of the program, and returns its exit value. */
  int await(ContainerProcess process) throws IOException, InterruptedException;

  /** Leaves everything as it was. */
  @Override
  void close();
}
