package dev.berth.linux.testing;

import dev.berth.Container;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.MountedHierarchy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The cgroup of a process, as the host sees it: its directory in each hierarchy. */
public final class LiveCgroup {
  /** Limits, and not what is counted or happens meanwhile. */
  private static final Pattern LIMITS =
      Pattern.compile(
          "memory\\.(limit_in_bytes|memsw\\.limit_in_bytes|soft_limit_in_bytes|swappiness|oom_control"
              + "|max|high|low|min|swap\\.max|oom\\.group)"
              + "|cpu\\.(shares|cfs_.*|rt_.*|weight|idle|max|max\\.burst)|cpuset\\.(cpus|mems)"
              + "|pids\\.max|blkio\\.throttle\\..*_device|io\\.max|io\\.weight|devices\\.list");

  private final List<Path> directories;

  private LiveCgroup(List<Path> directories) {
    this.directories = directories;
  }

  /** That of the first process of a container. */
  public static LiveCgroup of(Container container) {
    return of(container.state().pid());
  }

  /** That of a process. */
  public static LiveCgroup of(long pid) {
    try {
      Map<List<String>, String> paths =
          new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
        String[] fields = line.split(":", 3);
        paths.put(fields[1].isEmpty() ? List.of() : List.of(fields[1].split(",")), fields[2]);
      }
      List<Path> directories = new ArrayList<>();
      for (MountedHierarchy hierarchy : layout().hierarchies()) {
        String path = paths.get(hierarchy.controllers());
        directories.add(Path.of(hierarchy.mountPoint() + path));
      }
      return new LiveCgroup(directories);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is mounted. */
  public static CgroupLayout layout() {
    try {
      return CgroupLayout.parse(
          Files.readString(Path.of("/proc/self/mountinfo")),
          Files.readString(Path.of("/proc/self/cgroup")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it has such a file. */
  public boolean has(String file) {
    return directories.stream().anyMatch(directory -> Files.exists(directory.resolve(file)));
  }

  /** What a file says, without the end of the line. */
  public String read(String file) {
    return read(path(file));
  }

  /** Where a file is. */
  public Path path(String file) {
    return directories.stream()
        .map(directory -> directory.resolve(file))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + file + " in " + directories));
  }

  /** What every file says that has limits. */
  public Map<String, String> limits() {
    Map<String, String> limits = new TreeMap<>();
    for (Path directory : directories) {
      try (Stream<Path> files = Files.list(directory)) {
        files
            .filter(file -> LIMITS.matcher(file.getFileName().toString()).matches())
            .forEach(file -> limits.put(file.getFileName().toString(), read(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return limits;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
