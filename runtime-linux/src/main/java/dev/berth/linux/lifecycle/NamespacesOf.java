package dev.berth.linux.lifecycle;

import dev.berth.core.plan.NamespaceKind;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The namespaces that a process is in; namespaces(7). */
record NamespacesOf(Map<NamespaceKind, String> identities) {
  private static @Nullable NamespacesOf thisJvm;

  /** Those of this JVM, which stays in them: it has threads, and never asks to leave. */
  static synchronized NamespacesOf thisJvm() throws IOException {
    NamespacesOf known = thisJvm;
    if (known == null) {
      known = of("self");
      thisJvm = known;
    }
    return known;
  }

  static NamespacesOf process(long pid) throws IOException {
    return of(Long.toString(pid));
  }

  private static NamespacesOf of(String process) throws IOException {
    int flags = Directories.O_PATH | Directories.O_DIRECTORY | Directories.O_CLOEXEC;
    Map<NamespaceKind, String> identities = new EnumMap<>(NamespaceKind.class);
    try (Fd directory = Directories.open("/proc/" + process + "/ns", flags, 0)) {
      for (NamespaceKind kind : NamespaceKind.values()) {
        identities.put(kind, Directories.readlinkat(directory, file(kind)));
      }
    }
    return new NamespacesOf(identities);
  }

  /** Whether {@code namespace}, an open one of this kind, is one of them. */
  boolean has(NamespaceKind kind, Fd namespace) throws IOException {
    String inode = "[" + Directories.statx(namespace).inode() + "]";
    return Objects.requireNonNull(identities.get(kind)).endsWith(inode);
  }

  /** Those that are not {@code others}: to join one that one is in already can be an error. */
  Set<NamespaceKind> differentFrom(NamespacesOf others) {
    Set<NamespaceKind> different = EnumSet.noneOf(NamespaceKind.class);
    identities.forEach((kind, identity) -> {
      if (!identity.equals(others.identities.get(kind))) {
        different.add(kind);
      }
    });
    return different;
  }

  /** Its file in {@code /proc/PID/ns}, and its word in {@code /proc/sys/user}. */
  static String file(NamespaceKind kind) {
    return switch (kind) {
      case TIME -> "time";
      case MOUNT -> "mnt";
      case CGROUP -> "cgroup";
      case UTS -> "uts";
      case IPC -> "ipc";
      case USER -> "user";
      case PID -> "pid";
      case NETWORK -> "net";
    };
  }
}
