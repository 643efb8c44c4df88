package dev.berth.core.plan;

import dev.berth.spec.Spec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the plan of a container's first process is made from.
 *
 * @param spec checked, with a process, a root and a mount namespace
 * @param bundle the directory that relative bind sources are taken from, absolute
 * @param rootfs the root file system, absolute, no symbolic link
 * @param lifetime of the process
 * @param keyring the session keyring to be made; {@code null} to keep the runtime's
 * @param host where it will run
 */
public record InitRequest(
    Spec spec,
    Path bundle,
    Path rootfs,
    Lifetime lifetime,
    @Nullable String keyring,
    HostView host) {}
