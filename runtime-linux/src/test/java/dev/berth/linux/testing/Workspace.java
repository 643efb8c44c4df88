package dev.berth.linux.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A state root and a busybox of its own for each test. A container that is still there after the
 * test fails it, and is removed.
 */
public final class Workspace implements BeforeEachCallback, AfterEachCallback {
  /** In the id of every container that this JVM's tests make, and so in the path of its cgroup. */
  static final String MARK = "it-%s-".formatted(ProcessHandle.current().pid());

  private static final AtomicInteger TESTS = new AtomicInteger();

  private int test;
  private Path directory;
  private ContainerRuntime runtime;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    test = TESTS.incrementAndGet();
    directory = Files.createTempDirectory("berth-");
    runtime = ContainerRuntime.builder().root(root()).build();
    BusyboxRoot.make(rootfs());
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    List<Container> left = runtime.containers();
    left.forEach(Container::deleteForcibly);
    List<Path> states = states();
    delete(directory);
    assertThat(left).as("containers left behind").isEmpty();
    assertThat(states).as("state directories left behind").isEmpty();
  }

  /** Where the state is kept. */
  public Path root() {
    return directory.resolve("state");
  }

  /** The root file system of the containers. */
  public Path rootfs() {
    return directory.resolve("rootfs");
  }

  /** A file that is gone after the test. */
  public Path file(String name) {
    return directory.resolve(name);
  }

  /** The runtime of the containers below {@link #root()}. */
  public ContainerRuntime runtime() {
    return runtime;
  }

  /** An id that no other test has. */
  public String id(String name) {
    return MARK + test + "-" + name;
  }

  /** The state directory of the container with this {@link #id}. */
  public Path state(String name) {
    return root().resolve(id(name));
  }

  /** A container with this {@link #id} and {@link #rootfs()}. */
  public ContainerBuilder container(String name, String... command) {
    return runtime.container(id(name)).rootfs(rootfs()).command(command);
  }

  /** What is in {@link #root()}. */
  public List<Path> states() throws IOException {
    if (!Files.exists(root())) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(root())) {
      return entries.toList();
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }
}
