package dev.berth.quickstart;

import dev.berth.spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A root file system put together from this machine's own programs: {@code /usr}, and what beside
 * it is needed to run them, all read-only.
 *
 * @param directory the root: empty directories, and links where the host has links
 * @param mounts what goes into them
 */
record HostRoot(Path directory, List<Mount> mounts) {
  private static final List<String> PROGRAMS =
      List.of("usr", "bin", "sbin", "lib", "lib32", "lib64");
  private static final List<String> EMPTY = List.of("dev", "etc", "proc", "sys", "tmp");

  static HostRoot make(Path directory) throws IOException {
    List<Mount> mounts = new ArrayList<>();
    for (String name : EMPTY) {
      Files.createDirectories(directory.resolve(name));
    }
    for (String name : PROGRAMS) {
      Path host = Path.of("/", name);
      if (Files.isSymbolicLink(host)) {
        // Most distributions have /bin as a link to usr/bin, and so on.
        Files.createSymbolicLink(directory.resolve(name), Files.readSymbolicLink(host));
      } else if (Files.isDirectory(host)) {
        Files.createDirectories(directory.resolve(name));
        mounts.add(Mount.bind(host.toString(), host.toString(), "rbind", "rro", "nosuid", "nodev"));
      }
    }
    mounts.add(
        new Mount("/tmp", "tmpfs", "tmpfs", List.of("nosuid", "nodev", "mode=1777", "size=16m")));
    return new HostRoot(directory, List.copyOf(mounts));
  }
}
