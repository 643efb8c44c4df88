package dev.berth.linux.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A small program in C of these tests, static, so that it runs in any root. */
public final class TestProgram {
  private static final Path SOURCES = Path.of("src/test/c/attacks").toAbsolutePath();
  private static final Path PROGRAMS = Path.of("target/test-programs").toAbsolutePath();

  private TestProgram() {}

  /** Compiles all of them, for a machine without a compiler. */
  static void main() throws IOException {
    try (DirectoryStream<Path> sources = Files.newDirectoryStream(SOURCES, "*.c")) {
      for (Path source : sources) {
        get(source.getFileName().toString().replaceAll("\\.c$", ""));
      }
    }
  }

  /** The program of {@code src/test/c/attacks/NAME.c}, compiled if it is older than that. */
  public static synchronized Path get(String name) throws IOException {
    Path source = SOURCES.resolve(name + ".c");
    Path program = Files.createDirectories(PROGRAMS).resolve(name);
    if (!Files.exists(program)
        || Files.getLastModifiedTime(program).compareTo(Files.getLastModifiedTime(source)) < 0) {
      compile(source, program);
    }
    return program;
  }

  private static void compile(Path source, Path program) throws IOException {
    List<String> command =
        List.of(
            Objects.requireNonNullElse(System.getenv("CC"), "cc"),
            "-std=gnu11",
            "-D_GNU_SOURCE",
            "-static",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-o",
            program.toString(),
            source.toString());
    Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(compiler.getInputStream().readAllBytes(), UTF_8);
    if (compiler.onExit().join().exitValue() != 0) {
      throw new AssertionError(output);
    }
  }
}
