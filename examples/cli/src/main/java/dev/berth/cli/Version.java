package dev.berth.cli;

import dev.berth.core.spec.SpecDefaults;
import java.io.PrintStream;
import java.util.Objects;

/** What {@code --version} says; engines read the word after "version" and the lines' names. */
final class Version {
  private Version() {}

  static void print(PrintStream out) {
    String version = Berth.class.getPackage().getImplementationVersion();
    out.printf(
        "berth version %s%nspec: %s%n",
        Objects.requireNonNullElse(version, "unknown"), SpecDefaults.OCI_VERSION);
  }
}
