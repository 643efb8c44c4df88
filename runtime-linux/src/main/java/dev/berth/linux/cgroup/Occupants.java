package dev.berth.linux.cgroup;

import dev.berth.core.text.KernelText;
import dev.berth.spi.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The processes that are in a cgroup itself.
 *
 * @param pids 0 for one that this PID namespace cannot see
 */
record Occupants(List<Integer> pids) {

  /** More names than this tell nobody more. */
  private static final int NAMED = 4;

  boolean isEmpty() {
    return pids.isEmpty();
  }

  boolean hasThisJvm() {
    return pids.stream().anyMatch(Occupants::isThisJvm);
  }

  Occupants withoutThisJvm() {
    return new Occupants(pids.stream().filter(pid -> !isThisJvm(pid)).toList());
  }

  private static boolean isThisJvm(int pid) {
    return pid == ProcessHandle.current().pid();
  }

  /** {@code 12 (sh), 4711 (java)}. */
  @Override
  public String toString() {
    String named =
        pids.stream().limit(NAMED).map(Occupants::name).collect(Collectors.joining(", "));
    return pids.size() > NAMED ? "%s and %s more".formatted(named, pids.size() - NAMED) : named;
  }

  private static String name(int pid) {
    if (pid == 0) {
      return "one of another PID namespace";
    }
    try {
      // A process chooses its name itself, and may choose control characters.
      String name = KernelText.read(Path.of("/proc/" + pid + "/comm")).strip();
      return "%s (%s)".formatted(pid, Printable.value(name));
    } catch (IOException ended) {
      return Integer.toString(pid);
    }
  }
}
