package dev.berth.linux;

import dev.berth.core.plan.Lifetime;
import dev.berth.linux.process.Stdio;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/** Where a builder sends the three standard streams. */
final class Redirects {
  private Redirect input = Redirect.PIPE;
  private Redirect output = Redirect.PIPE;
  private Redirect error = Redirect.PIPE;

  void input(Redirect source) {
    input = source;
  }

  void output(Redirect destination) {
    output = destination;
  }

  void error(Redirect destination) {
    error = destination;
  }

  /** Opens them. A process that outlives this JVM must not hold a pipe that ends here. */
  Stdio open(Lifetime lifetime) throws IOException {
    return Stdio.open(kept(input, lifetime), kept(output, lifetime), kept(error, lifetime));
  }

  private static Redirect kept(Redirect redirect, Lifetime lifetime) {
    boolean ends = lifetime == Lifetime.DETACHED && redirect.type() == Redirect.Type.PIPE;
    return ends ? Redirect.DISCARD : redirect;
  }
}
