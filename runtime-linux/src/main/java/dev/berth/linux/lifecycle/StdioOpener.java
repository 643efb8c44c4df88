package dev.berth.linux.lifecycle;

import dev.berth.core.plan.Lifetime;
import dev.berth.linux.process.Stdio;
import java.io.IOException;

/** Opens the standard streams of a process to be, once it is certain that there will be one. */
@FunctionalInterface
public interface StdioOpener {

  /** Opens them for a process of this lifetime. */
  Stdio open(Lifetime lifetime) throws IOException;
}
