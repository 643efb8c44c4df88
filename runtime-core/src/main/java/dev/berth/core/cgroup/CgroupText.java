package dev.berth.core.cgroup;

import dev.berth.core.text.KernelText;
import java.util.List;
import java.util.Optional;

/** What the kernel writes into files of a cgroup. */
public final class CgroupText {

  private CgroupText() {}

  /**
   * The process ids in {@code cgroup.procs}: one a line, in no order, and in cgroup v1 perhaps
   * twice. 0 stands for a process that this PID namespace cannot see.
   */
  public static List<Integer> pids(String procs) {
    return procs.lines().map(Integer::valueOf).sorted().distinct().toList();
  }

  /** Whether a line of {@code cgroup.events} says that {@code key} is so: {@code populated 1}. */
  public static boolean holds(String events, String key) {
    return events.lines().anyMatch((key + " 1")::equals);
  }

  /** The number behind {@code key} in a file such as {@code memory.events}; 0 without a line. */
  public static long count(String file, String key) {
    return file.lines()
        .filter(line -> line.startsWith(key + " "))
        .mapToLong(line -> Long.parseLong(line.substring(key.length() + 1)))
        .sum();
  }

  /** The path in cgroup v2 that {@code /proc/PID/cgroup} has, in the line {@code 0::/path}. */
  public static Optional<String> unified(String cgroup) {
    return KernelText.lines(cgroup)
        .filter(line -> line.startsWith("0::"))
        .map(line -> line.substring(3))
        .findFirst();
  }

  /** The names in {@code cgroup.controllers} or {@code cgroup.subtree_control}. */
  public static List<String> controllers(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split(" ", -1));
  }
}
