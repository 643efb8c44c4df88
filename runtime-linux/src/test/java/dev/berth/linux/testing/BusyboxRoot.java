package dev.berth.linux.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A root file system as {@code docker export} of a busybox image gives it. */
public final class BusyboxRoot {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final List<String> APPLETS =
      List.of(
          "sh",
          "true",
          "false",
          "cat",
          "ls",
          "ps",
          "id",
          "sleep",
          "echo",
          "hostname",
          "mount",
          "umask",
          "pwd",
          "env",
          "kill",
          "stat",
          "readlink",
          "touch",
          "mkdir",
          "ip",
          "ulimit",
          "grep",
          "head",
          "dd",
          "yes",
          "wc",
          "test",
          "chmod",
          "printf",
          "nproc",
          "sort",
          "find",
          "ln",
          "rm",
          "tr",
          "cut",
          "tail",
          "sync",
          "seq",
          "xargs",
          "tty",
          "stty",
          "md5sum",
          "rmdir",
          "umount");

  private BusyboxRoot() {}

  /** Whether Debian's busybox-static, or another static busybox, is there. */
  public static boolean isAvailable() {
    return Files.isExecutable(BUSYBOX);
  }

  /** Makes one in {@code directory}, which is made as well. */
  public static Path make(Path directory) throws IOException {
    for (String name :
        List.of("bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var")) {
      Files.createDirectories(directory.resolve(name));
    }
    Files.copy(BUSYBOX, directory.resolve("bin/busybox"), StandardCopyOption.COPY_ATTRIBUTES);
    for (String applet : APPLETS) {
      Files.createSymbolicLink(directory.resolve("bin").resolve(applet), Path.of("busybox"));
    }
    Files.writeString(directory.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    Files.writeString(directory.resolve("etc/group"), "root:x:0:\n");
    return directory;
  }
}
