package dev.berth.core.plan;

import dev.berth.core.state.ContainerId;
import dev.berth.spec.Spec;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the plan of a container's first process is made from.
 *
 * @param id of the container
 * @param spec checked, with a process and a root
 * @param bundle the directory that relative bind sources are taken from, absolute
 * @param rootfs the root file system, absolute, no symbolic link
 * @param lifetime of the process
 * @param joined the namespaces of {@code spec} with a path that are not the runtime's own
 * @param rootChange how the process comes to its root
 * @param placement how the process comes into its cgroup, if it has one of its own
 * @param keyring the session keyring to be made; {@code null} to keep the runtime's
 * @param host where it will run
 */
public record InitRequest(
    ContainerId id,
    Spec spec,
    Path bundle,
    Path rootfs,
    Lifetime lifetime,
    List<JoinedNamespace> joined,
    RootChange rootChange,
    Placement placement,
    @Nullable String keyring,
    HostView host) {

  public InitRequest {
    joined = List.copyOf(joined);
  }
}
