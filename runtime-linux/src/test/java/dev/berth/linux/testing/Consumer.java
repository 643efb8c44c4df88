package dev.berth.linux.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles a program that uses the published jars, as a user's build does. */
public final class Consumer {
  private Consumer() {}

  /** The three jars and Jackson's, as a class path or a module path. */
  public static String jars() throws IOException {
    StringBuilder path = new StringBuilder();
    for (String module : List.of("api", "core", "linux")) {
      path.append(jar(Path.of("../runtime-" + module + "/target"))).append(':');
    }
    String jackson =
        Stream.of(System.getProperty("java.class.path").split(":"))
            .filter(entry -> entry.contains("/jackson-"))
            .collect(Collectors.joining(":"));
    return path + jackson;
  }

  private static Path jar(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file ->
              file.getFileName()
                  .toString()
                  .matches("berth-runtime-[a-z]+-[0-9.]+(-SNAPSHOT)?\\.jar"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no jar in " + directory))
          .toAbsolutePath()
          .normalize();
    }
  }

  /** Compiles {@code sources} into {@code classes}, with the jars on {@code option}. */
  public static void compile(Path classes, String option, List<Path> sources) throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StringWriter output = new StringWriter();
    try (StandardJavaFileManager files = javac.getStandardFileManager(null, Locale.ROOT, null)) {
      List<String> options = List.of(option, jars(), "-d", classes.toString());
      boolean compiled =
          javac
              .getTask(
                  output,
                  files,
                  null,
                  options,
                  null,
                  files.getJavaFileObjects(sources.toArray(Path[]::new)))
              .call();
      if (!compiled) {
        throw new AssertionError(output);
      }
    }
  }
}
