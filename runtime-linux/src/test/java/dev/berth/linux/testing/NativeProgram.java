package dev.berth.linux.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A program in C that runs in a container of a test, where there is no library to load. */
public final class NativeProgram {
  private static final Path SOURCES = Path.of("src/test/c/attacks").toAbsolutePath();

  private NativeProgram() {}

  /** Compiles {@code NAME.c} to {@code program}; the test is skipped where there is no compiler. */
  public static void compile(String name, Path program) throws IOException, InterruptedException {
    Process compiler =
        new ProcessBuilder(
                "sh",
                "-c",
                "exec ${CC:-cc} -static -O2 -Wall -Wextra -Werror -o \"$@\"",
                "sh",
                program.toString(),
                SOURCES.resolve(name + ".c").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = compiler.waitFor();
    if (status == 127) {
      System.err.println("skipped: needs a C compiler");
      Assumptions.abort("needs a C compiler");
    }
    if (status != 0) {
      throw new AssertionError(output);
    }
  }
}
