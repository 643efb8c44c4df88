package dev.berth.bench;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** {@code ./benchmark}: measures, prints a table, and writes JSON if asked to. */
final class Bench {
  private Bench() {}

  /** Exits with 0 whatever the figures are, and with 1 if there are none. */
  public static void main(String[] args) throws IOException {
    Options options = new Options();
    CommandLine line = new CommandLine(options);
    try {
      line.parseArgs(args);
    } catch (ParameterException e) {
      System.err.println("benchmark: " + e.getMessage());
      System.exit(2);
    }
    if (CommandLine.printHelpIfRequested(line.getParseResult())) {
      return;
    }
    cleanUpWhenStopped();
    try {
      report(options);
    } catch (InterruptedException stopped) {
      // By Ctrl-C; the shutdown hook waits for the end of this thread.
    }
  }

  private static void report(Options options) throws IOException, InterruptedException {
    Machine machine = Machine.here();
    Results results = new Results();
    try (Workspace workspace = new Workspace()) {
      workspace.build();
      try (Lineup lineup = new Lineup(workspace, options)) {
        lineup.assemble();
        results.add(new Race(lineup.subjects(), options.rounds()).run());
        if (options.others() > 0) {
          lineup.assembleAmong(options.others());
          results.add(new Race(lineup.subjects(), options.rounds()).run());
        }
        Report report = new Report(machine, results, lineup.absent());
        report.print(System.out);
        Path json = options.json();
        if (json != null) {
          report.write(json);
        }
      }
    }
  }

  /** Ctrl-C interrupts this thread between two rounds, and the JVM then waits for its end. */
  private static void cleanUpWhenStopped() {
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              main.interrupt();
              try {
                main.join();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }
}
