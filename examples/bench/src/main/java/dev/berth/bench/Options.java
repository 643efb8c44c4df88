package dev.berth.bench;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code ./benchmark}. */
@Command(
    name = "benchmark",
    description = "Measures what a container costs, beside the same system calls in C and others.",
    mixinStandardHelpOptions = true)
final class Options {
  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds to measure of each subject (default: ${DEFAULT-VALUE}).")
  private int rounds = 200;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description = "Rounds of Berth in this JVM before that (default: ${DEFAULT-VALUE}).")
  private int warmup = 3000;

  @Option(
      names = "--others",
      paramLabel = "N",
      description =
          "Containers to be there while a container is measured again; 0 for not at all"
              + " (default: ${DEFAULT-VALUE}).")
  private int others = 100;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "What to compare: floor, berth, bwrap, runc, crun, cli, jvm (default: all).")
  private Set<String> only = Set.of();

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there as well.")
  private @Nullable Path json;

  @Option(
      names = "--cli",
      paramLabel = "DIRECTORY",
      description = "The built examples/cli (default: ${DEFAULT-VALUE}).")
  private Path cli = Path.of("examples/cli");

  int rounds() {
    return rounds;
  }

  int warmup() {
    return warmup;
  }

  int others() {
    return others;
  }

  boolean compares(String name) {
    return only.isEmpty() || only.contains(name);
  }

  @Nullable Path json() {
    return json;
  }

  Path cli() {
    return cli;
  }
}
