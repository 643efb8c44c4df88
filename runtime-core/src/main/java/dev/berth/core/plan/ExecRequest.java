package dev.berth.core.plan;

import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the plan of a further process in a running container is made from.
 *
 * @param spec the container's, with the process as its process, checked
 * @param namespaces those of the container's init process that are not the runtime's
 * @param lifetime of the process
 * @param placement how it comes into its cgroup
 * @param keyring the container's session keyring; {@code null} to keep the runtime's
 * @param host where it will run
 */
public record ExecRequest(
    Spec spec,
    Set<NamespaceKind> namespaces,
    Lifetime lifetime,
    Placement placement,
    @Nullable String keyring,
    HostView host) {

  public ExecRequest {
    namespaces = Set.copyOf(namespaces);
  }

  ProcessSpec process() {
    return Objects.requireNonNull(spec.process(), "checked");
  }
}
