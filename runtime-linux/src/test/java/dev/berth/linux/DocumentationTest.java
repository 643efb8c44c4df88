package dev.berth.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java in the documentation compiles. */
class DocumentationTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  /** What the text around an example has introduced, or leaves to the reader. */
  private static final String AROUND =
      """
      import static java.nio.charset.StandardCharsets.UTF_8;
      import dev.berth.*;
      import dev.berth.spec.*;
      import java.io.*;
      import java.lang.ProcessBuilder.Redirect;
      import java.nio.file.Path;
      import java.time.Duration;
      import java.util.*;

      class Example%s {
        static Path root;
        static File log;
        static OutputStream screen;
        static ContainerRuntime runtime;
        static Container box;
        static Result result;
        static void alert(Object... what) {}
        static void cancelled() {}
        static void check(int status) {}
        static void crashed() {}
        static void ended(Object... what) {}
        static void retryWithMore(MemoryKills kills) {}
        static void serve() {}

        static void serve(ContainerRuntime runtime) {}
        static void tooSlow() {}
        static void example() throws Exception {
          %s
        }
      }
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {"README.md", "docs/api.md", "docs/cgroups.md", "docs/hooks.md", "docs/seccomp.md"})
  void compiles(String page) throws IOException {
    List<JavaFileObject> examples = new ArrayList<>();
    for (MatchResult block :
        JAVA.matcher(Files.readString(Path.of("..", page))).results().toList()) {
      int number = examples.size();
      examples.add(new Source(number, AROUND.formatted(number, block.group(1))));
    }
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    if (!examples.isEmpty()) {
      String classPath = System.getProperty("java.class.path");
      ToolProvider.getSystemJavaCompiler()
          .getTask(
              new StringWriter(),
              ToolProvider.getSystemJavaCompiler().getStandardFileManager(found, null, UTF_8),
              found,
              List.of("-proc:none", "-Xlint:none", "-cp", classPath, "-d", classes().toString()),
              null,
              examples)
          .call();
    }
    assertThat(found.getDiagnostics()).isEmpty();
  }

  private static Path classes() throws IOException {
    return Files.createDirectories(Path.of("target", "documentation"));
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    private Source(int number, String text) {
      super(URI.create("string:///Example%s.java".formatted(number)), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
