package dev.berth.linux.lifecycle;

import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.JoinedNamespace;
import dev.berth.core.plan.JoinedNamespace.Access;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.spec.SysctlName;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.NamespaceFiles;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces that {@code linux.namespaces} has a path for, open until the process has joined
 * them. Those that the runtime is in are not among them: the process is born there, and to join
 * one's own user namespace is an error.
 */
final class JoinableNamespaces implements AutoCloseable {
  /** Neither waits for the writer of a FIFO nor takes a terminal. */
  private static final int FLAGS =
      Directories.O_RDONLY | Directories.O_NONBLOCK | Directories.O_NOCTTY | Directories.O_CLOEXEC;

  private final Map<NamespaceKind, Fd> opened = new EnumMap<>(NamespaceKind.class);
  private final Spec spec;
  private List<JoinedNamespace> joined = List.of();

  private JoinableNamespaces(Spec spec) {
    this.spec = spec;
  }

  /**
   * Opens them all.
   *
   * @throws IOException naming the place in the configuration if one is not there, is of another
   *     kind, or is the runtime's own and would be changed by the container
   */
  static JoinableNamespaces open(Spec spec) throws IOException {
    JoinableNamespaces namespaces = new JoinableNamespaces(spec);
    try {
      List<Namespace> list = spec.linux().namespaces();
      for (int i = 0; i < list.size(); i++) {
        String path = list.get(i).path();
        if (path != null) {
          namespaces.add(
              "linux.namespaces[%s].path".formatted(i), NamespaceKind.of(list.get(i).type()), path);
        }
      }
      namespaces.joined = namespaces.withAccess();
      return namespaces;
    } catch (IOException | RuntimeException | Error e) {
      namespaces.close();
      throw e;
    }
  }

  private void add(String place, NamespaceKind kind, String path) throws IOException {
    Fd namespace = open(place, path);
    try {
      requireKind(place, path, namespace, kind);
      if (kind == NamespaceKind.MOUNT) {
        requireNotOfHost(place, namespace);
      }
      if (NamespacesOf.thisJvm().has(kind, namespace)) {
        requireUntouched(place, kind);
        namespace.close();
      } else {
        opened.put(kind, namespace);
      }
    } catch (IOException | RuntimeException | Error e) {
      namespace.close();
      throw e;
    }
  }

  private static Fd open(String place, String path) throws IOException {
    try {
      return Directories.open(path, FLAGS, 0);
    } catch (SyscallException e) {
      throw new IOException(
          "%s: %s: %s (%s)".formatted(place, path, e.errno(), e.errno().text()), e);
    }
  }

  private static void requireKind(String place, String path, Fd namespace, NamespaceKind kind)
      throws IOException {
    NamespaceKind actual = kind(namespace);
    if (actual != kind) {
      throw new IOException(
          actual == null
              ? "%s: %s is not a namespace".formatted(place, path)
              : "%s: %s is a %s namespace, not a %s namespace"
                  .formatted(place, path, actual, kind));
    }
  }

  private static @Nullable NamespaceKind kind(Fd namespace) throws SyscallException {
    try {
      int type = NamespaceFiles.type(namespace);
      for (NamespaceKind kind : NamespaceKind.values()) {
        if (kind.flag() == type) {
          return kind;
        }
      }
      return null;
    } catch (SyscallException e) {
      if (e.errno() == Errno.ENOTTY) {
        return null;
      }
      throw e;
    }
  }

  /** The container replaces the root of its mount namespace, for everybody who is in there. */
  private static void requireNotOfHost(String place, Fd namespace) throws IOException {
    if (NamespacesOf.thisJvm().has(NamespaceKind.MOUNT, namespace) || isOfInit(namespace)) {
      throw new IOException(
          place + ": is the host's mount namespace, whose root the container would replace");
    }
  }

  private static boolean isOfInit(Fd namespace) throws IOException {
    try {
      return NamespacesOf.process(1).has(NamespaceKind.MOUNT, namespace);
    } catch (SyscallException e) {
      if (e.errno() == Errno.EACCES) { // and who may not see it may not join it
        return false;
      }
      throw e;
    }
  }

  /** What a container does to its own namespaces must not happen to the host's. */
  private void requireUntouched(String place, NamespaceKind kind) throws IOException {
    String change =
        switch (kind) {
          case UTS -> spec.hostname() != null ? "hostname" : domainname();
          default -> sysctls(kind);
        };
    if (!change.isEmpty()) {
      throw new IOException(
          "%s: is the runtime's own %s namespace, whose %s the container would change"
              .formatted(place, kind, change));
    }
  }

  private String domainname() {
    return spec.domainname() != null ? "domainname" : sysctls(NamespaceKind.UTS);
  }

  private String sysctls(NamespaceKind kind) {
    return spec.linux().sysctl().keySet().stream()
        .filter(name ->
            SysctlName.of(name)
                .namespace()
                .filter(type -> NamespaceKind.of(type) == kind)
                .isPresent())
        .findFirst()
        .map(name -> "sysctl " + name)
        .orElse("");
  }

  /** Which, and what lets the process in. */
  List<JoinedNamespace> joined() {
    return joined;
  }

  private List<JoinedNamespace> withAccess() throws IOException {
    Fd user = opened.get(NamespaceKind.USER);
    List<JoinedNamespace> found = new ArrayList<>();
    for (Map.Entry<NamespaceKind, Fd> each : opened.entrySet()) {
      boolean byUser =
          user != null && each.getKey() != NamespaceKind.USER && isOwned(each.getValue(), user);
      found.add(
          new JoinedNamespace(
              each.getKey(), byUser ? Access.OF_USER_NAMESPACE : Access.OF_RUNTIME));
    }
    return found;
  }

  /** Whether {@code user}, or a user namespace below it, owns {@code namespace}. */
  private static boolean isOwned(Fd namespace, Fd user) throws IOException {
    long inode = Directories.statx(user).inode();
    try {
      Fd owner = NamespaceFiles.owner(namespace);
      while (true) {
        try (Fd current = owner) {
          if (Directories.statx(current).inode() == inode) {
            return true;
          }
          owner = NamespaceFiles.parent(current);
        }
      }
    } catch (SyscallException e) {
      if (e.errno() == Errno.EPERM) { // above this JVM's own
        return false;
      }
      throw e;
    }
  }

  void addTo(LaunchDescriptors descriptors) {
    opened.forEach((kind, fd) -> descriptors.put(new Descriptor.JoinedNamespace(kind), fd));
  }

  @Override
  public void close() {
    opened.values().forEach(Fd::close);
  }
}
