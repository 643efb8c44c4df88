package dev.berth.linux.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/** A process that exchanges two names of a volume, as fast as it can, until it is closed. */
public final class Swapper implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private Swapper(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  /** Starts one, and returns when it is at work. */
  public static Swapper of(Path one, Path other) throws IOException {
    Process process =
        new ProcessBuilder(TestProgram.get("swap").toString(), one.toString(), other.toString())
            .redirectError(Redirect.INHERIT)
            .start();
    Swapper swapper = new Swapper(process);
    assertThat(swapper.output.readLine()).isEqualTo("swapping");
    return swapper;
  }

  /** Ends it, with both names where they were, and returns how often it has exchanged them. */
  public long stop() throws IOException {
    process.getOutputStream().close();
    long count = Long.parseLong(output.readLine());
    process.onExit().join();
    return count;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
