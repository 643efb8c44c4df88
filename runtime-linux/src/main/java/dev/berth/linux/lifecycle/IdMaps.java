package dev.berth.linux.lifecycle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.IdMapping;
import dev.berth.spec.LinuxSpec;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The ids of a container's user namespace; user_namespaces(7).
 *
 * <p>Whoever may set ids writes the maps of a new one. A user without that privilege may map the
 * own id, and for what else {@code /etc/subuid} and {@code /etc/subgid} grant there are two
 * programs, newuidmap(1) and newgidmap(1).
 */
final class IdMaps {
  private static final System.Logger LOG = System.getLogger(IdMaps.class.getName());

  private IdMaps() {}

  /**
   * Writes the maps of the new namespace that {@code pid} is in.
   *
   * @param cancellation ends a program that does it
   */
  static void write(long pid, LinuxSpec linux, Machine machine, Cancellation cancellation)
      throws IOException {
    if (machine.setsIds() || new IdMap(linux.uidMappings()).isOnly(Host.geteuid())) {
      write(pid, "uid_map", text(linux.uidMappings()));
    } else {
      IdMapProgram.UIDS.run(pid, linux.uidMappings(), cancellation);
    }
    if (machine.setsIds()) {
      write(pid, "gid_map", text(linux.gidMappings()));
    } else if (keepsGroups(linux, machine)) {
      // Without privilege a group may be mapped only by one who gives up dropping groups: else a
      // group that is there to deny access could be dropped (CVE-2014-8989).
      write(pid, "setgroups", "deny");
      write(pid, "gid_map", text(linux.gidMappings()));
    } else {
      IdMapProgram.GIDS.run(pid, linux.gidMappings(), cancellation);
    }
  }

  /** Whether nobody in the new namespace can choose groups, since its user has mapped it alone. */
  static boolean keepsGroups(LinuxSpec linux, Machine machine) {
    return !machine.setsIds() && new IdMap(linux.gidMappings()).isOnly(Host.getegid());
  }

  /**
   * Holds the maps of the namespace that {@code pid} has joined against the configured ones.
   *
   * @throws IOException if they differ
   */
  static void compare(long pid, LinuxSpec linux) throws IOException {
    compare("linux.uidMappings", linux.uidMappings(), Path.of("/proc/%s/uid_map".formatted(pid)));
    compare("linux.gidMappings", linux.gidMappings(), Path.of("/proc/%s/gid_map".formatted(pid)));
  }

  private static void compare(String place, List<IdMapping> mappings, Path file)
      throws IOException {
    if (mappings.isEmpty()) {
      return;
    }
    IdMap configured = new IdMap(mappings);
    IdMap actual = IdMap.read(file);
    if (!configured.equals(actual)) {
      throw new IOException(
          "%s: \"%s\" is not what the user namespace in linux.namespaces has: \"%s\""
              .formatted(place, configured, actual));
    }
    LOG.log(
        Level.WARNING,
        "{0}: needless, since the user namespace in linux.namespaces has these already",
        place);
  }

  private static String text(List<IdMapping> mappings) {
    return mappings.stream()
        .map(each -> each.containerID() + " " + each.hostID() + " " + each.size() + "\n")
        .collect(Collectors.joining());
  }

  private static String hint(String file, Errno errno) throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    if (errno != Errno.EPERM) {
      return "";
    }
    return file.equals("uid_map") && !ProcStatus.has(status, "CAP_SETFCAP")
        ? "; since Linux 5.12, to map id 0 of the runtime's own user namespace requires CAP_SETFCAP,"
            + " which the runtime lacks; run it with that capability, or map other ids in"
            + " linux.uidMappings"
        : "; it requires CAP_SETUID and CAP_SETGID over each of these ids";
  }

  /** The kernel takes a map in one write only. */
  private static void write(long pid, String file, String content) throws IOException {
    String path = "/proc/" + pid + "/" + file;
    try (Fd fd = Directories.open(path, Directories.O_WRONLY | Directories.O_CLOEXEC, 0)) {
      Descriptors.writeFully(fd, content.getBytes(US_ASCII));
    } catch (SyscallException e) {
      throw new IOException(
          "map ids: write \"%s\" to %s: %s (%s)%s"
              .formatted(content.strip(), file, e.errno(), e.errno().text(), hint(file, e.errno())),
          e);
    }
  }
}
