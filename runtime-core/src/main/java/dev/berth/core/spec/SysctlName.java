package dev.berth.core.spec;

import dev.berth.spec.Namespace;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A name of {@code linux.sysctl}, as a path below {@code /proc/sys}.
 *
 * <p>Names are written with dots, as in {@code net.ipv4.ip_forward}, or with slashes. Which of the
 * two parts them is the one that comes first, and the other one is then a dot: the network
 * interface {@code eth0.100} is in both {@code net.ipv4.conf.eth0/100.forwarding} and {@code
 * net/ipv4/conf/eth0.100/forwarding} (sysctl(8)).
 *
 * @param path such as {@code net/ipv4/ip_forward}
 */
public record SysctlName(String path) {
  public static final SysctlName DOMAINNAME = new SysctlName("kernel/domainname");

  /** What ipc_namespaces(7) lists, besides {@code fs.mqueue}. */
  private static final Set<String> IPC =
      Set.of(
          "kernel/msgmax",
          "kernel/msgmnb",
          "kernel/msgmni",
          "kernel/sem",
          "kernel/shmall",
          "kernel/shmmax",
          "kernel/shmmni",
          "kernel/shm_rmid_forced");

  private static final Set<String> NO_FILES = Set.of("", ".", "..");

  /** The parameter of this name. */
  public static SysctlName of(String name) {
    int first = 0;
    while (first < name.length() && "./".indexOf(name.charAt(first)) < 0) {
      first++;
    }
    boolean dotted = first < name.length() && name.charAt(first) == '.';
    return new SysctlName(dotted ? swapped(name) : name);
  }

  private static String swapped(String name) {
    return name.replace('.', '\0').replace('/', '.').replace('\0', '/');
  }

  /** Whether it leads to what is below {@code /proc/sys}, and nowhere else. */
  boolean isPath() {
    List<String> parts = List.of(path.split("/", -1));
    return parts.size() > 1 && parts.stream().noneMatch(NO_FILES::contains);
  }

  boolean isBelow(String directory) {
    return path.startsWith(directory + "/");
  }

  /** The type of namespace that each has its own of; empty if the host has only one. */
  public Optional<Namespace.Type> namespace() {
    if (IPC.contains(path) || isBelow("fs/mqueue")) {
      return Optional.of(Namespace.Type.IPC);
    }
    if (isBelow("net")) {
      return Optional.of(Namespace.Type.NETWORK);
    }
    if (isBelow("user")) {
      return Optional.of(Namespace.Type.USER);
    }
    return equals(DOMAINNAME) ? Optional.of(Namespace.Type.UTS) : Optional.empty();
  }

  /** Its name with dots: {@code net.ipv4.ip_forward}. */
  @Override
  public String toString() {
    return swapped(path);
  }
}
