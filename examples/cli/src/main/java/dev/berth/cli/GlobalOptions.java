package dev.berth.cli;

import dev.berth.CgroupDriver;
import dev.berth.Container;
import dev.berth.ContainerNotFoundException;
import dev.berth.ContainerRuntime;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What stands before the verb. */
@Command(
    description = "Runs containers of the Open Container Initiative (OCI).",
    customSynopsis = "berth [OPTIONS] COMMAND [ARGS...]",
    sortOptions = false)
final class GlobalOptions {
  private final PrintStream out;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description =
          "Where the state of containers is kept (default: /run/berth, or $XDG_RUNTIME_DIR/berth"
              + " for others than root).")
  private @Nullable Path root;

  @Option(names = "--log", paramLabel = "FILE", description = "Append errors to this file, too.")
  private @Nullable Path log;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      description = "The format of that file (default: text).")
  private LogFormat logFormat = LogFormat.TEXT;

  @Option(names = "--debug", description = "Print where in the program an error arose.")
  private boolean debug;

  @Option(
      names = "--systemd-cgroup",
      description =
          "Let systemd make the cgroups of containers: linux.cgroupsPath is slice:prefix:name then.")
  private boolean systemdCgroup;

  @Option(
      names = "--rootless",
      paramLabel = "auto|true|false",
      description =
          "Whether to do without a cgroup that cannot be made, where no limit takes one: false makes"
              + " that an error (default: auto, which is true).")
  private Rootless rootless = Rootless.AUTO;

  @Option(
      names = {"-v", "--version"},
      description = "Show the version.")
  private boolean version;

  @Parameters(hidden = true)
  private List<String> command = new ArrayList<>();

  GlobalOptions(PrintStream out) {
    this.out = out;
  }

  @Spec
  void parsing(CommandSpec spec) {
    spec.parser().stopAtPositional(true);
  }

  boolean version() {
    return version;
  }

  boolean isEmpty() {
    return command.isEmpty() && !version;
  }

  String verb() {
    return command.getFirst();
  }

  String[] verbArgs() {
    return command.subList(1, command.size()).toArray(String[]::new);
  }

  /** Where errors go. */
  Log log(PrintStream err) {
    return new Log(err, log, logFormat, debug);
  }

  /** Where results go. */
  PrintStream out() {
    return out;
  }

  /** Whether a container may do without a cgroup. */
  Rootless rootless() {
    // Whoever asks systemd for a cgroup gets one, or an error.
    return systemdCgroup ? Rootless.AUTO : rootless;
  }

  /** The runtime whose containers the command is about. */
  ContainerRuntime runtime() {
    ContainerRuntime.Builder builder =
        ContainerRuntime.builder()
            .cgroupDriver(systemdCgroup ? CgroupDriver.SYSTEMD : CgroupDriver.CGROUPFS);
    ContainerRuntime runtime = (root == null ? builder : builder.root(root)).build();
    // A signal that ends this program ends what it is just making; also what is detached later.
    Runtime.getRuntime().addShutdownHook(new Thread(runtime::close));
    return runtime;
  }

  /**
   * An existing container.
   *
   * @throws ContainerNotFoundException if there is none with this id
   */
  Container container(String id) {
    return runtime().find(id).orElseThrow(() -> new ContainerNotFoundException(id));
  }
}
