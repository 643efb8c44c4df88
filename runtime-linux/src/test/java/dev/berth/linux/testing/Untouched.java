package dev.berth.linux.testing;

import dev.berth.Container;
import dev.berth.ContainerRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Uses the library, and looks before and after at what it must not change: {@code ROOT ROOTFS ID}.
 * Prints what differs.
 */
public final class Untouched {
  /** A file of this name is opened when the JVM has set itself up, and the library is next. */
  public static final String MARK = "/the-library-begins-here";

  private Untouched() {}

  public static void main(String[] args) throws Exception {
    ProcessHandle.current().children().count();
    List<String> before = look();
    Files.exists(Path.of(MARK));
    ContainerRuntime runtime = ContainerRuntime.builder().root(Path.of(args[0])).build();
    for (int i = 0; i < 3; i++) {
      use(runtime, Path.of(args[1]), args[2] + "-" + i);
    }
    List<String> after = look();
    after.removeAll(before);
    System.out.print(after.isEmpty() ? "nothing\n" : String.join("\n", after) + "\n");
  }

  private static void use(ContainerRuntime runtime, Path rootfs, String id) throws Exception {
    try (Container container =
        runtime.container(id).rootfs(rootfs).command("sleep", "1000").create()) {
      container.start();
      container.exec("echo", "hello").run().orThrow();
    }
    runtime.container(id).rootfs(rootfs).command("true").run().orThrow();
  }

  private static List<String> look() throws IOException {
    List<String> seen = new ArrayList<>();
    seen.add("cwd " + Files.readSymbolicLink(Path.of("/proc/self/cwd")));
    seen.add("root " + Files.readSymbolicLink(Path.of("/proc/self/root")));
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.matches("(Umask|Uid|Gid|Groups|Sig(Ign|Cgt|Blk)|Cap...|NoNewPrivs|Seccomp):.*")) {
        seen.add(line);
      }
    }
    seen.addAll(Files.readAllLines(Path.of("/proc/self/limits")));
    seen.add("oom_score_adj " + Files.readString(Path.of("/proc/self/oom_score_adj")).strip());
    try (Stream<Path> namespaces = Files.list(Path.of("/proc/self/ns"))) {
      for (Path namespace : namespaces.sorted().toList()) {
        seen.add(namespace + " " + Files.readSymbolicLink(namespace));
      }
    }
    return seen;
  }
}
