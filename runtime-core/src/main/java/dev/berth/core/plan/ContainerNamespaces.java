package dev.berth.core.plan;

import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Namespace;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Which namespaces the container has made for it, and which it joins; the rest is the runtime's.
 */
final class ContainerNamespaces {
  private final Set<NamespaceKind> made = EnumSet.noneOf(NamespaceKind.class);
  private final List<JoinedNamespace> joined;

  ContainerNamespaces(LinuxSpec linux, List<JoinedNamespace> joined) {
    for (Namespace namespace : linux.namespaces()) {
      if (namespace.path() == null) {
        made.add(NamespaceKind.of(namespace.type()));
      }
    }
    this.joined = joined.stream().sorted((a, b) -> a.kind().compareTo(b.kind())).toList();
  }

  /** Those that are new. */
  Set<NamespaceKind> made() {
    return EnumSet.copyOf(made);
  }

  /** Those that were there before, and are not the runtime's. */
  List<JoinedNamespace> joined() {
    return joined;
  }

  boolean makes(NamespaceKind kind) {
    return made.contains(kind);
  }

  boolean joins(NamespaceKind kind) {
    return joined.stream().anyMatch(each -> each.kind() == kind);
  }

  /** Whether the container is in another one than the runtime, so that the host is not affected. */
  boolean has(NamespaceKind kind) {
    return makes(kind) || joins(kind);
  }
}
