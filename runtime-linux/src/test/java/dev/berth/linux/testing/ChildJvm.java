package dev.berth.linux.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Other JVMs, with the class path of this one. Their standard error is this JVM's. */
public final class ChildJvm {
  private ChildJvm() {}

  /** The {@code java} that runs this JVM. */
  public static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** The command for a JVM that runs {@code main}, with these options or those for a short run. */
  public static List<String> command(List<String> options, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java().toString());
    command.addAll(options);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return command;
  }

  /** Starts one that is not to live for long. */
  public static Process start(Class<?> main, String... arguments) throws IOException {
    List<String> options = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");
    return start(command(options, main, List.of(arguments)));
  }

  /** Starts one. */
  public static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
  }

  /** Waits for the end of one, and returns what it wrote. */
  public static String output(Process jvm, int seconds) throws IOException, InterruptedException {
    if (!jvm.waitFor(seconds, TimeUnit.SECONDS)) {
      jvm.destroyForcibly();
      throw new AssertionError("the JVM did not end within %s s".formatted(seconds));
    }
    String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jvm.exitValue() != 0) {
      throw new AssertionError("the JVM ended with %s: %s".formatted(jvm.exitValue(), output));
    }
    return output;
  }

  /** Reads what one writes. */
  public static BufferedReader reader(Process jvm) {
    return new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
  }
}
