package dev.berth.linux.lifecycle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.IdMapping;
import dev.berth.spec.LinuxSpec;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Gives a new user namespace its ids, from outside; user_namespaces(7). */
final class IdMaps {
  private IdMaps() {}

  /** Writes the maps of the namespace that {@code pid} is in. */
  static void write(long pid, LinuxSpec linux) throws IOException {
    write(pid, linux.uidMappings(), linux.gidMappings());
  }

  /** The same, with these maps. */
  static void write(long pid, List<IdMapping> uids, List<IdMapping> gids) throws IOException {
    write(pid, "uid_map", text(uids));
    if (Host.geteuid() != 0) {
      // Without privilege a group may be mapped only by one who gives up dropping groups: else a
      // group that is there to deny access could be dropped (CVE-2014-8989).
      write(pid, "setgroups", "deny");
    }
    write(pid, "gid_map", text(gids));
  }

  private static String text(List<IdMapping> mappings) {
    return mappings.stream()
        .map(each -> each.containerID() + " " + each.hostID() + " " + each.size() + "\n")
        .collect(Collectors.joining());
  }

  /** The kernel takes a map in one write only. */
  private static void write(long pid, String file, String content) throws IOException {
    String path = "/proc/" + pid + "/" + file;
    try (Fd fd = Directories.open(path, Directories.O_WRONLY | Directories.O_CLOEXEC, 0)) {
      Descriptors.writeFully(fd, content.getBytes(US_ASCII));
    } catch (SyscallException e) {
      throw new IOException(
          "map ids: write \"%s\" to %s: %s (%s)%s"
              .formatted(content.strip(), file, e.errno(), e.errno().text(), hint(e.errno())),
          e);
    }
  }

  private static String hint(Errno errno) {
    return errno == Errno.EPERM && Host.geteuid() != 0
        ? "; a user other than root can map only one id, which is the user's own"
        : "";
  }
}
