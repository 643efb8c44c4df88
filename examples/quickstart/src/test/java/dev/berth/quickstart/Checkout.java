package dev.berth.quickstart;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A copy of this checkout without anything that was built, which every user can read. */
final class Checkout implements BeforeEachCallback, AfterEachCallback {
  private static final Path ORIGINAL = Path.of("../..").toAbsolutePath().normalize();
  private static final Set<String> NOT_IN_A_CLONE = Set.of(".git", "target");
  private static final Path BUILT = Path.of("examples/quickstart/target");

  private Path directory;

  /** How a program ended. */
  record Outcome(int status, String out, String err) {}

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("berth-checkout");
    copy(ORIGINAL, directory, NOT_IN_A_CLONE);
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** Puts what Maven has built of the original where a build of the copy would. */
  void build() throws Exception {
    assumeTrue(
        Files.exists(ORIGINAL.resolve(BUILT).resolve("berth-quickstart.jar")),
        "needs the packaged jar: mvn verify");
    Path target = directory.resolve(BUILT);
    copy(ORIGINAL.resolve(BUILT), target, Set.of("classes", "test-classes"));
    Files.createFile(target.resolve("built"));
    run("chmod", "-R", "a+rX", directory.toString());
  }

  /** Runs a program in the copy. */
  Outcome run(String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("berth-out", "");
    Path err = Files.createTempFile("berth-err", "");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      return new Outcome(process.waitFor(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** The same for a user, in an environment that has no more than a login gives. */
  Outcome runAs(int uid, String... command) throws IOException, InterruptedException {
    String id = Integer.toString(uid);
    List<String> user =
        List.of("setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "env", "-i");
    List<String> environment = List.of("HOME=/", "LANG=C.UTF-8", "PATH=" + System.getenv("PATH"));
    return run(
        Stream.of(user, environment, List.of(command))
            .flatMap(List::stream)
            .toArray(String[]::new));
  }

  private static void copy(Path from, Path to, Set<String> without) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path source, BasicFileAttributes attributes)
              throws IOException {
            if (!source.equals(from) && without.contains(source.getFileName().toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(from.relativize(source)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path source, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(source, to.resolve(from.relativize(source)));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
