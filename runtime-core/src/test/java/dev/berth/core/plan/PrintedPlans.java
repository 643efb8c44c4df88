package dev.berth.core.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.core.spec.SpecReader;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The plans of all configurations in the corpus, with everything in their steps: a program, since
 * the order of a {@code Set.of} or {@code Map.of} differs from JVM to JVM, and in one it does not.
 */
final class PrintedPlans {
  private PrintedPlans() {}

  public static void main(String[] args) throws IOException {
    System.out.write(text().getBytes(UTF_8));
    System.out.flush();
  }

  static String text() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file : CorpusPlanTest.configurations()) {
      Spec spec = SpecReader.read(file).value();
      for (HostView host : List.of(Plans.UNIFIED, Plans.HYBRID)) {
        Plan plan = Plans.plan(spec, host);
        text.append(file).append('\n').append(plan).append(plan.steps()).append('\n');
      }
    }
    return text.toString();
  }

  static String ofAnotherJvm() throws IOException {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                PrintedPlans.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new String(jvm.getInputStream().readAllBytes(), UTF_8);
  }
}
