package dev.berth.linux.testing;

import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Bundle;
import dev.berth.CgroupDriver;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerException;
import dev.berth.ContainerRuntime;
import dev.berth.spec.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What the containers of a test class share: a runtime, a busybox root, and a place for files. */
public final class Containers implements BeforeAllCallback, AfterAllCallback {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final AtomicInteger COUNT = new AtomicInteger();

  private Path directory;
  private ContainerRuntime runtime;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("berth-it");
    // Also for the users that a test maps root to.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    BusyboxRoot.make(root());
    runtime = ContainerRuntime.builder().root(directory.resolve("state")).build();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    Files.walkFileTree(directory, new Removal());
  }

  /** The root file system, which containers may share, since they cannot write to it. */
  public Path root() {
    return directory.resolve("root");
  }

  /** A place for the test's own files, readable by everybody. */
  public Path directory() {
    return directory;
  }

  /** The runtime. */
  public ContainerRuntime runtime() {
    return runtime;
  }

  /** The same, but that systemd makes the cgroups; skips where that cannot be. */
  public ContainerRuntime runtimeOfSystemd() {
    Systemctl.assumeRuns();
    assumeTrue(BusyboxRoot.isAvailable(), "needs /bin/busybox (Debian: busybox-static)");
    return ContainerRuntime.builder()
        .root(directory.resolve("state"))
        .cgroupDriver(CgroupDriver.SYSTEMD)
        .build();
  }

  /** An id that no other container on this machine has. */
  public static String newId() {
    return "it-%s-%s".formatted(ProcessHandle.current().pid(), COUNT.incrementAndGet());
  }

  /** A new root file system, for a test that changes it. */
  public Path newRoot() throws IOException {
    return BusyboxRoot.make(directory.resolve(newId()));
  }

  /** A container of the default configuration that runs {@code command}. */
  public ContainerBuilder container(String... command) {
    return runtime.container(newId()).rootfs(root()).command(command);
  }

  /** A container of the default configuration that runs {@code script}. */
  public ContainerBuilder shell(String script) {
    return container("sh", "-c", script);
  }

  /** The container without a cgroup namespace: its programs see the paths of their cgroups. */
  public static ContainerBuilder seeingCgroups(ContainerBuilder container) {
    return container.edit(spec -> {
      List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
      namespaces.removeIf(namespace -> namespace.type() == Namespace.Type.CGROUP);
      return spec.withLinux(spec.linux().withNamespaces(namespaces));
    });
  }

  /** A new bundle with the configuration of {@code container}. */
  public Path bundle(ContainerBuilder container) {
    return Bundle.create(directory.resolve(newId()), container.spec()).directory();
  }

  /** What {@code script} writes in a container of the default configuration. */
  public String output(String script) throws InterruptedException {
    return output(shell(script));
  }

  /** What the program of {@code container}, which must succeed, writes. */
  public static String output(ContainerBuilder container) throws InterruptedException {
    return container.run(LIMIT).orThrow().output().strip();
  }

  /** Why {@code container} does not run: the whole message, with {@code ID} for its id. */
  public static String refusal(ContainerBuilder container) {
    RuntimeException refusal = catchThrowableOfType(RuntimeException.class, container::run);
    String message = refusal.getMessage();
    return refusal instanceof ContainerException e
        ? message.replace(e.containerId(), "ID")
        : message;
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
        throws IOException {
      if (failure != null) {
        throw new UncheckedIOException(failure);
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
