package dev.berth.core.plan;

import dev.berth.spec.ProcessSpec;
import java.util.Set;

/**
 * What the plan of a further process in a running container is made from.
 *
 * @param process checked
 * @param namespaces those of the container's init process that are not the runtime's
 * @param lifetime of the process
 * @param host where it will run
 */
public record ExecRequest(
    ProcessSpec process, Set<NamespaceKind> namespaces, Lifetime lifetime, HostView host) {

  public ExecRequest {
    namespaces = Set.copyOf(namespaces);
  }
}
