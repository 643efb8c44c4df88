package dev.berth.linux.conformance;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the files of a cgroup of version 2 say that can be written, and are about limits. */
record LimitFiles(Map<String, String> contents) {
  /** No file says something else. */
  static final String NOTHING = "nothing";

  /**
   * Not limits: who is in it, what it does with memory now, when to tell somebody; and what says
   * the same as cpu.weight in other words.
   */
  private static final String OTHERS =
      "cgroup\\.(procs|threads|type|subtree_control|freeze|kill|pressure)|memory\\.(reclaim|peak)"
          + "|memory\\.swap\\.peak|cpu\\.weight\\.nice|.*\\.pressure|cpuset\\.cpus\\.exclusive";

  /** Those of the cgroup of a process, or of a container that has more cgroups in its own. */
  static LimitFiles of(long pid) throws IOException {
    String path = Files.readString(Path.of("/proc/" + pid + "/cgroup")).strip();
    return in(
        Path.of("/sys/fs/cgroup", path.substring("0::".length()).replaceFirst("/container$", "")));
  }

  private static LimitFiles in(Path cgroup) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(cgroup)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (Files.isRegularFile(file)
            && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_WRITE)
            && !name.matches(OTHERS)) {
          contents.put(name, Files.readString(file).strip());
        }
      }
    }
    return new LimitFiles(contents);
  }

  /**
   * What others say where they say something else. What only they have, as one runtime enables more
   * controllers than another, is no difference.
   */
  String changesTo(LimitFiles others) {
    String changes =
        contents.keySet().stream()
            .filter(file -> !contents.get(file).equals(others.contents.get(file)))
            .map(file -> file + "=" + others.contents.get(file))
            .collect(joining(", "));
    return changes.isEmpty() ? NOTHING : changes;
  }
}
