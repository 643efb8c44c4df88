package dev.berth.linux.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A small Debian as mmdebstrap makes it, made once and kept until the build is cleaned. */
public final class DebianRoot {
  private static final Path ROOT = Path.of("target/debian-root").toAbsolutePath();
  private static final Path MMDEBSTRAP = Path.of("/usr/bin/mmdebstrap");
  private static final String SUITE = "bookworm";

  private DebianRoot() {}

  /**
   * The root file system.
   *
   * @throws IOException if it cannot be made, with mmdebstrap's last words
   */
  public static Path get() throws IOException {
    if (!Files.isDirectory(ROOT)) {
      make();
    }
    return ROOT;
  }

  private static void make() throws IOException {
    if (!Files.isExecutable(MMDEBSTRAP)) {
      throw new IOException("needs mmdebstrap (Debian: mmdebstrap)");
    }
    Path unfinished = Path.of(ROOT + "." + ProcessHandle.current().pid());
    List<String> command = new ArrayList<>();
    command.addAll(List.of(MMDEBSTRAP.toString(), "--quiet", "--variant=minbase", SUITE));
    command.add(unfinished.toString());
    command.addAll(sources());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException("mmdebstrap: " + output.strip());
    }
    removeDevices(unfinished.resolve("dev"));
    Files.move(unfinished, ROOT);
  }

  /** They have no place in a build directory: whoever copies it would read /dev/zero for ever. */
  private static void removeDevices(Path dev) throws IOException {
    try (Stream<Path> entries = Files.list(dev)) {
      for (Path entry : entries.toList()) {
        if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(entry);
        }
      }
    }
  }

  /** Where this machine gets the same Debian from, if it does; else mmdebstrap knows where. */
  private static List<String> sources() throws IOException {
    if (!Files.readString(Path.of("/etc/os-release")).contains("VERSION_CODENAME=" + SUITE)) {
      return List.of();
    }
    return Stream.of("/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources")
        .filter(file -> Files.isReadable(Path.of(file)))
        .toList();
  }
}
