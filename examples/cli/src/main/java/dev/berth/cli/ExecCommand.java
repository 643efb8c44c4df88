package dev.berth.cli;

import dev.berth.Container;
import dev.berth.ContainerProcess;
import dev.berth.ExecBuilder;
import dev.berth.spec.ProcessSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(description = "Run a further program in a container.")
final class ExecCommand implements Verb {
  /** So that it can be told from the status of most programs. */
  private static final int FAILED = 255;

  private final GlobalOptions global;

  @Option(
      names = {"-d", "--detach"},
      description = "Return once the program runs.")
  private boolean detach;

  @Option(
      names = "--pid-file",
      paramLabel = "FILE",
      description = "Write the process id of the program to this file.")
  private @Nullable Path pidFile;

  @Option(
      names = {"-p", "--process"},
      paramLabel = "FILE",
      description =
          "The program, as the object process of config.json; - for standard input. Options that"
              + " change the container's process say nothing then.")
  private @Nullable Path processFile;

  @Mixin private ProcessOptions options = new ProcessOptions();

  @Mixin private ExecPlacement placement = new ExecPlacement();

  @Mixin private Console console = new Console();

  @Parameters(index = "0", paramLabel = "ID", description = "The container.")
  private String id = "";

  @Parameters(index = "1..*", paramLabel = "ARG", description = "The program and its arguments.")
  private List<String> command = List.of();

  ExecCommand(GlobalOptions global) {
    this.global = global;
  }

  /** What follows the id is for another program. */
  @Spec
  void parsing(CommandSpec spec) {
    spec.parser().stopAtPositional(true);
  }

  @Override
  public int failed() {
    return FAILED;
  }

  @Override
  public int run() throws IOException, InterruptedException {
    Container container = global.container(id);
    ProcessSpec process = process(container);
    ExecBuilder program = container.exec(process);
    placement.apply(program);
    if (detach) {
      start(console.detach(program, process.terminal()));
      return 0;
    }
    try (Foreground foreground = console.foreground(process.terminal())) {
      return foreground.await(start(foreground.prepare(program)));
    }
  }

  private ProcessSpec process(Container container) throws IOException {
    return processFile == null
        ? options.process(container.spec().process(), command)
        : JsonFile.read("process", processFile, ProcessSpec.class);
  }

  private ContainerProcess start(ExecBuilder program) throws IOException {
    ContainerProcess process = program.start();
    try {
      PidFile.write(pidFile, process.pid());
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
    return process;
  }
}
