package dev.berth.core.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.core.spec.SpecReader;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The plans of all configurations in the corpus, and of one with every property, with everything in
 * their steps: a program, since the order of a {@code Set.of} or {@code Map.of} differs from JVM to
 * JVM, and in one it does not.
 */
final class PrintedPlans {
  private static final Path EVERYTHING =
      Path.of("src/test/resources/dev/berth/core/spec/acted-upon.json");

  private PrintedPlans() {}

  public static void main(String[] args) throws IOException {
    System.out.write(text().getBytes(UTF_8));
    System.out.flush();
  }

  static String text() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file : CorpusPlanTest.configurations()) {
      print(SpecReader.read(file).value(), text);
    }
    print(withMany(SpecReader.read(EVERYTHING).value()), text);
    return text.toString();
  }

  private static void print(Spec spec, StringBuilder text) {
    for (HostView host : List.of(Plans.UNIFIED, Plans.HYBRID)) {
      Plan plan = Plans.plan(spec, host);
      text.append(plan).append(plan.steps()).append('\n');
    }
  }

  /** With so many entries in its maps that they come in the same order only if there is one. */
  private static Spec withMany(Spec spec) {
    Map<String, String> many = new LinkedHashMap<>();
    for (int i = 20; i > 0; i--) {
      many.put("net.ipv4.k" + i, "1");
    }
    return spec.withAnnotations(many).withLinux(spec.linux().withSysctl(many));
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
