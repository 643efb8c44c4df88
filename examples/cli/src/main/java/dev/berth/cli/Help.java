package dev.berth.cli;

import java.io.PrintStream;
import picocli.CommandLine;

/** What {@code --help} says; the only place where all verbs are loaded. */
final class Help {
  private Help() {}

  static void print(CommandLine berth, PrintStream out) {
    GlobalOptions options = new GlobalOptions(out);
    for (String name : Verb.NAMES) {
      berth.addSubcommand(name, Berth.parser(name, Verb.named(name, options)));
    }
    berth.usage(out);
  }
}
