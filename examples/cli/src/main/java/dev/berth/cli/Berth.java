package dev.berth.cli;

import dev.berth.ContainerException;
import dev.berth.InvalidSpecException;
import dev.berth.UnsupportedFeatureException;
import dev.berth.core.text.HostPath;
import dev.berth.linux.terminal.HostOutput;
import dev.berth.spi.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * The {@code berth} command: a drop-in for {@code runc}, and an example of a program that uses
 * Berth.
 *
 * <p>The command line is parsed twice: what stands before the verb, and, by the one class that the
 * verb has, what follows it. Every call is a JVM of its own, so nothing is loaded that is not used.
 */
public final class Berth {
  private static final int FAILED = 1;

  /** What runc exits with, and what tells engines that this runtime cannot do it at all. */
  private static final int UNKNOWN_VERB = 3;

  private final PrintStream out;
  private final PrintStream err;

  Berth(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Exits with 0, with what failed (1, or 255 for exec), or with the status of the program. */
  public static void main(String[] args) throws IOException {
    // In UTF-8, whatever the locale: engines start this program with hardly any environment.
    HostOutput output = HostOutput.output();
    PrintStream err = print(HostOutput.error());
    int status = new Berth(print(output), err).execute(Arguments.exact(args));
    if (output.failure().isPresent()) {
      err.println(output.failure().get().getMessage());
      status = status == 0 ? FAILED : status;
    }
    if (status != 0) {
      // A return is faster: an exit waits for threads of the library that are in the kernel.
      System.exit(status);
    }
  }

  private static PrintStream print(HostOutput stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  int execute(String... args) {
    GlobalOptions options = new GlobalOptions(out);
    try {
      CommandLine line = parser("berth", options);
      if (line.parseArgs(args).isUsageHelpRequested() || options.isEmpty()) {
        Help.print(line, out);
        return 0;
      }
      if (options.version()) {
        Version.print(out);
        return 0;
      }
    } catch (ParameterException | UnsupportedFeatureException e) {
      options.log(err).error(sentence(e));
      return FAILED;
    }
    return execute(options);
  }

  private int execute(GlobalOptions options) {
    Log log = options.log(err);
    LibraryLog.leadTo(log);
    String name = options.verb();
    Verb verb = Verb.named(name, options);
    if (verb == null) {
      log.error("unknown command \"%s\"; see berth --help".formatted(Printable.value(name)));
      return UNKNOWN_VERB;
    }
    try {
      CommandLine line = parser("berth " + name, verb);
      if (line.parseArgs(options.verbArgs()).isUsageHelpRequested()) {
        line.usage(out);
        return 0;
      }
    } catch (ParameterException e) {
      log.error("%s: %s; see berth %1$s --help".formatted(name, sentence(e)));
      return FAILED;
    }
    return execute(verb, log);
  }

  private static int execute(Verb verb, Log log) {
    try {
      return verb.run();
    } catch (ContainerException
        | InvalidSpecException
        | UnsupportedFeatureException
        | IllegalArgumentException
        | IOException
        | UncheckedIOException
        | InterruptedException e) {
      log.failure(e.getMessage(), e);
    } catch (RuntimeException | VirtualMachineError | LinkageError failed) {
      // A bug, or no memory, threads or descriptors left for the JVM itself.
      log.failure(failed.toString(), failed);
    }
    return verb.failed();
  }

  /** A parser that takes its arguments as Go's does, which engines are written for. */
  static CommandLine parser(String name, Object options) {
    CommandLine line = new CommandLine(options);
    line.setCommandName(name);
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this.").build());
    line.registerConverter(int.class, WholeNumber.INTEGER)
        .registerConverter(Integer.class, WholeNumber.INTEGER)
        .registerConverter(Long.class, WholeNumber.LONG)
        .registerConverter(Path.class, Berth::path);
    return line.setExpandAtFiles(false) // an argument "@x" is "@x", in no case a file's content
        .setOverwrittenOptionsAllowed(true)
        .setAllowOptionsAsOptionParameters(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setPosixClusteredShortOptionsAllowed(false);
  }

  /** What stands for standard input is no file. */
  private static Path path(String text) {
    Path path = HostPath.of(text);
    return path.equals(JsonFile.STANDARD_INPUT) ? path : HostPath.resolved(path);
  }

  /** The parser's message, as the other messages are: one that goes on, without a full stop. */
  private static String sentence(Exception e) {
    String message = Printable.message(e.getMessage());
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }
}
