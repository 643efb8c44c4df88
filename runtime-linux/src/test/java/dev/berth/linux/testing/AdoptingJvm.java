package dev.berth.linux.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.Container;
import dev.berth.ContainerRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM that adopts its cgroup twice, as two libraries in one program would, and then runs a
 * container.
 */
public final class AdoptingJvm {
  private AdoptingJvm() {}

  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    try {
      ContainerRuntime.builder().root(root).adoptCgroup().build();
      ContainerRuntime runtime = ContainerRuntime.builder().root(root).adoptCgroup().build();
      System.out.println("jvm " + cgroup("self"));
      try (Container container =
          runtime.container(arguments[2]).bundle(Path.of(arguments[1])).start()) {
        String cgroup = cgroup(Long.toString(container.process().pid()));
        System.out.println("container " + cgroup);
        Path limit = Path.of("/sys/fs/cgroup" + cgroup, "pids.max");
        System.out.println("pids " + (Files.exists(limit) ? Files.readString(limit).strip() : "-"));
      }
    } catch (RuntimeException e) {
      System.out.println(e.getMessage());
      System.out.println("jvm " + cgroup("self"));
    }
  }

  private static String cgroup(String pid) throws IOException {
    return Files.readString(Path.of("/proc", pid, "cgroup"))
        .lines()
        .filter(line -> line.startsWith("0::"))
        .map(line -> line.substring(3))
        .findFirst()
        .orElseThrow();
  }

  /**
   * What it says.
   *
   * @param prefix a command that starts another
   */
  public static List<String> run(List<String> prefix, Path root, Path bundle, String id)
      throws IOException, InterruptedException {
    List<String> arguments = List.of(root.toString(), bundle.toString(), id);
    List<String> options = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    List<String> command = new ArrayList<>(prefix);
    command.addAll(ChildJvm.command(options, AdoptingJvm.class, arguments));
    Process jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(jvm.getInputStream().readAllBytes(), UTF_8);
    jvm.waitFor();
    return output.lines().toList();
  }
}
