package dev.berth.linux.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a container could leave behind on this machine: cgroups, mounts, children and descriptors of
 * this JVM.
 */
record Traces(
    Set<String> cgroups, Set<String> mounts, Set<String> children, Set<String> descriptors) {

  static Traces now() {
    try {
      return new Traces(findCgroups(), findMounts(), findChildren(), findDescriptors());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is there now and was not there at {@code before}; empty if nothing is. */
  String since(Traces before) {
    return Stream.of(
            more("cgroup", cgroups, before.cgroups),
            more("mount", mounts, before.mounts),
            more("child", children, before.children),
            more("descriptor", descriptors, before.descriptors))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  private static String more(String kind, Set<String> now, Set<String> before) {
    return now.stream()
        .filter(each -> !before.contains(each))
        .map(each -> kind + " " + each)
        .collect(Collectors.joining("\n"));
  }

  /** Of containers of these tests; others' come and go. */
  private static Set<String> findCgroups() throws IOException {
    Set<String> found = new TreeSet<>();
    FileVisitor<Path> directories =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (directory.toString().contains(Workspace.MARK)) {
              found.add(directory.toString());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        };
    Files.walkFileTree(Path.of("/sys/fs/cgroup"), directories);
    return found;
  }

  private static Set<String> findMounts() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return lines.collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<String> findChildren() {
    return ProcessHandle.current()
        .children()
        .map(child -> child.pid() + " " + child.info().command().orElse("(ended)"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Without those that live as long as the JVM: the library's own few, and those of SecureRandom.
   */
  private static Set<String> findDescriptors() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      entries.forEach(entry -> {
        String target = target(entry);
        if (!target.isEmpty() && !target.startsWith("/proc/") && !isOwn(target)) {
          found.add(entry.getFileName() + " " + target);
        }
      });
    }
    return found;
  }

  private static boolean isOwn(String target) {
    return target.startsWith("/memfd:")
        || target.startsWith("anon_inode:[event")
        || target.endsWith(".jar")
        || target.endsWith("random")
        || target.startsWith("/sys/fs/cgroup");
  }

  private static String target(Path entry) {
    try {
      return Files.readSymbolicLink(entry).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }
}
