package dev.berth.core.plan;

import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Namespace;
import java.util.List;

/**
 * A namespace that the container joins. One that the runtime is in already is not joined, but
 * inherited.
 *
 * @param access what lets the process in
 */
public record JoinedNamespace(NamespaceKind kind, Access access) {

  /** Whose capabilities it takes to join; setns(2). */
  public enum Access {
    /** The runtime's, which are lost as soon as a user namespace is entered. */
    OF_RUNTIME,
    /** Those in the user namespace that is joined as well, which owns this one. */
    OF_USER_NAMESPACE
  }

  /** What {@code linux} joins, as far as it can be told without a look at the namespaces. */
  public static List<JoinedNamespace> assumed(LinuxSpec linux) {
    boolean joinsUser =
        linux.namespaces().stream()
            .anyMatch(each -> each.type() == Namespace.Type.USER && each.path() != null);
    Access others = joinsUser ? Access.OF_USER_NAMESPACE : Access.OF_RUNTIME;
    return linux.namespaces().stream()
        .filter(each -> each.path() != null)
        .map(each -> NamespaceKind.of(each.type()))
        .map(kind ->
            new JoinedNamespace(kind, kind == NamespaceKind.USER ? Access.OF_RUNTIME : others))
        .toList();
  }
}
