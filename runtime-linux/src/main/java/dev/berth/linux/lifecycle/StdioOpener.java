package dev.berth.linux.lifecycle;

import dev.berth.core.plan.Lifetime;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.sys.Cancellation;
import java.io.IOException;

/** Opens the standard streams of a process to be, once it is certain that there will be one. */
@FunctionalInterface
public interface StdioOpener {

  /**
   * Opens them for a process of this lifetime.
   *
   * @param cancellation ends the wait for whom a terminal is to be sent to
   */
  Stdio open(Lifetime lifetime, Cancellation cancellation) throws IOException;
}
