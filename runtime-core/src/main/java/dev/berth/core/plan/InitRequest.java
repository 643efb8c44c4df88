package dev.berth.core.plan;

import dev.berth.spec.Spec;
import java.nio.file.Path;

/**
 * What the plan of a container's first process is made from.
 *
 * @param spec checked, with a process and a root
 * @param bundle the directory that relative bind sources are taken from, absolute
 * @param rootfs the root file system, absolute, no symbolic link
 * @param lifetime of the process
 * @param rootChange how the process comes to its root
 * @param host where it will run
 */
public record InitRequest(
    Spec spec, Path bundle, Path rootfs, Lifetime lifetime, RootChange rootChange, HostView host) {}
