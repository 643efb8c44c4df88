package dev.berth.linux.lifecycle;

import dev.berth.core.plan.NamespaceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The namespaces that a process is in; namespaces(7). */
record NamespacesOf(Map<NamespaceKind, String> identities) {

  static NamespacesOf thisJvm() throws IOException {
    return process("self");
  }

  static NamespacesOf process(String pid) throws IOException {
    Map<NamespaceKind, String> identities = new EnumMap<>(NamespaceKind.class);
    for (NamespaceKind kind : NamespaceKind.values()) {
      Path link = Path.of("/proc/" + pid + "/ns/" + file(kind));
      identities.put(kind, Files.readSymbolicLink(link).toString());
    }
    return new NamespacesOf(identities);
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

  private static String file(NamespaceKind kind) {
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
