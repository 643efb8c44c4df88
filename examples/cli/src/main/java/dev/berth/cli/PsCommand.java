package dev.berth.cli;

import dev.berth.linux.process.CollectedText;
import dev.berth.linux.process.OutputLimit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(description = "Show the processes of a container, with their ids on the host.")
final class PsCommand implements Verb {
  /** A process chooses what its line shows, and how long that is. */
  private static final OutputLimit TABLE = new OutputLimit(16 << 20);

  /** In lines. */
  private static final int COMPLAINT = 10;

  private final GlobalOptions global;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "table|json",
      description = "The format (default: table).")
  private OutputFormat format = OutputFormat.TABLE;

  @Parameters(index = "0", paramLabel = "ID", description = "The container.")
  private String id = "";

  @Parameters(
      index = "1..*",
      paramLabel = "PS_OPTION",
      description = "What ps(1) is called with (default: -ef).")
  private List<String> psOptions = List.of("-ef");

  PsCommand(GlobalOptions global) {
    this.global = global;
  }

  /** What follows the id is for another program. */
  @Spec
  void parsing(CommandSpec spec) {
    spec.parser().stopAtPositional(true);
  }

  @Override
  public int run() throws IOException, InterruptedException {
    List<Long> pids = global.container(id).processes().stream().map(ProcessHandle::pid).toList();
    switch (format) {
      case JSON -> global.out().println(json(pids));
      case TABLE -> PsTable.filter(ps(), Set.copyOf(pids)).forEach(global.out()::println);
    }
    return 0;
  }

  /** Of none, {@code null}, which is what Go makes of an empty list. */
  static String json(List<Long> pids) {
    return pids.isEmpty()
        ? "null"
        : pids.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }

  private List<String> ps() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ps"));
    command.addAll(psOptions);
    Process ps = new ProcessBuilder(command).redirectErrorStream(true).start();
    CollectedText table = CollectedText.read(ps.getInputStream(), TABLE);
    int status = ps.waitFor();
    if (status != 0) {
      throw new IOException(
          "\"%s\": exit status %s: %s"
              .formatted(String.join(" ", command), status, complaint(table)));
    }
    if (table.dropped() > 0) {
      throw new IOException(
          "\"%s\": more than %s bytes of output"
              .formatted(String.join(" ", command), TABLE.bytes()));
    }
    return table.text().lines().toList();
  }

  private static String complaint(CollectedText table) {
    return table.text().lines().limit(COMPLAINT).collect(Collectors.joining("; "));
  }
}
