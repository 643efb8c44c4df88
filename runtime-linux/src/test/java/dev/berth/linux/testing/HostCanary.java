package dev.berth.linux.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What no container may change, whatever its root file system and its volumes are made of: a
 * directory of the host that everybody may write to, and some settings of the kernel that root may.
 * A test after which they are not as before fails.
 */
public final class HostCanary implements BeforeEachCallback, AfterEachCallback {
  private static final List<Path> SETTINGS =
      Stream.of(
              "/proc/sys/kernel/core_pattern",
              "/proc/sys/kernel/sysrq",
              "/proc/sys/kernel/hostname",
              "/proc/sys/kernel/modprobe",
              "/proc/sys/vm/overcommit_memory",
              "/proc/sys/vm/memfd_noexec",
              "/sys/kernel/mm/transparent_hugepage/enabled",
              "/sys/kernel/uevent_helper")
          .map(Path::of)
          .filter(Files::exists)
          .toList();

  private Path directory;
  private List<String> before;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("berth-canary");
    Files.createDirectories(directory.resolve("b/c"));
    for (String name : List.of("file", "null", "ptmx", "console", "b/file")) {
      Files.writeString(directory.resolve(name), "of the host");
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        // Nobody is kept from it by permissions alone.
        Files.setAttribute(file, "unix:mode", Files.isDirectory(file) ? 0777 : 0666);
      }
    }
    before = look();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    List<String> after = look();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
    assertThat(after).as("what no container may change").isEqualTo(before);
  }

  /** The directory; in it are files and a directory {@code b}. */
  public Path directory() {
    return directory;
  }

  private List<String> look() throws IOException {
    List<String> seen = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted().toList()) {
        seen.add(
            file
                + " "
                + Files.readAttributes(
                    file, "unix:ino,mode,uid,gid,size,ctime", LinkOption.NOFOLLOW_LINKS)
                + (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    ? Files.readString(file)
                    : ""));
      }
    }
    for (Path setting : SETTINGS) {
      seen.add(setting + " " + KernelSetting.read(setting));
    }
    return seen;
  }
}
