package dev.berth.core.plan;

import dev.berth.spec.IntelRdt;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Seccomp;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the plan of a further process in a running container is made from.
 *
 * @param process checked
 * @param seccomp the profile of the container
 * @param namespaces those of the container's init process that are not the runtime's
 * @param rdt the container's; {@code null} if it is in no group of the resctrl file system
 * @param lifetime of the process
 * @param host where it will run
 */
public record ExecRequest(
    ProcessSpec process,
    @Nullable Seccomp seccomp,
    Set<NamespaceKind> namespaces,
    @Nullable IntelRdt rdt,
    Lifetime lifetime,
    HostView host) {

  public ExecRequest {
    namespaces = Set.copyOf(namespaces);
  }
}
