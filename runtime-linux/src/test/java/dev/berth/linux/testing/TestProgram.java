package dev.berth.linux.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A small program in C of these tests, static, so that it runs in any root; or a library. */
public final class TestProgram {
  private static final Path SOURCES = Path.of("src/test/c/attacks").toAbsolutePath();
  private static final Path LIBRARIES = Path.of("src/test/c/preload").toAbsolutePath();
  private static final Path PROGRAMS = Path.of("target/test-programs").toAbsolutePath();

  private TestProgram() {}

  /** Compiles all of them, for a machine without a compiler. */
  static void main() throws IOException {
    for (String name : names(SOURCES)) {
      get(name);
    }
    for (String name : names(LIBRARIES)) {
      library(name);
    }
  }

  private static List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> sources = Files.newDirectoryStream(directory, "*.c")) {
      sources.forEach(source -> names.add(source.getFileName().toString().replaceAll("\\.c$", "")));
    }
    return names;
  }

  /** The program of {@code src/test/c/attacks/NAME.c}, compiled if it is older than that. */
  public static Path get(String name) throws IOException {
    return get(SOURCES.resolve(name + ".c"), name, "-static");
  }

  /** The library of {@code src/test/c/preload/NAME.c}, for {@code LD_PRELOAD}. */
  public static Path library(String name) throws IOException {
    return get(LIBRARIES.resolve(name + ".c"), name + ".so", "-shared", "-fPIC", "-fno-builtin");
  }

  private static synchronized Path get(Path source, String name, String... options)
      throws IOException {
    Path program = Files.createDirectories(PROGRAMS).resolve(name);
    if (!Files.exists(program)
        || Files.getLastModifiedTime(program).compareTo(Files.getLastModifiedTime(source)) < 0) {
      compile(source, program, options);
    }
    return program;
  }

  private static void compile(Path source, Path program, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Objects.requireNonNullElse(System.getenv("CC"), "cc"));
    command.addAll(List.of("-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror"));
    command.addAll(List.of(options));
    command.addAll(List.of("-o", program.toString(), source.toString()));
    Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(compiler.getInputStream().readAllBytes(), UTF_8);
    if (compiler.onExit().join().exitValue() != 0) {
      throw new AssertionError(output);
    }
  }
}
