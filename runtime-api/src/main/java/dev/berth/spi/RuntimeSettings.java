package dev.berth.spi;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a {@link dev.berth.ContainerRuntime.Builder} was told.
 *
 * @param root where the state is kept; the provider's default if empty
 * @param adoptsCgroup whether {@link dev.berth.ContainerRuntime.Builder#adoptCgroup()} was called
 */
public record RuntimeSettings(Optional<Path> root, boolean adoptsCgroup) {}
