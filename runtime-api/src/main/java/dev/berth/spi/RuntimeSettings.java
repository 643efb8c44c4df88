package dev.berth.spi;

import dev.berth.CgroupDriver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a {@link dev.berth.ContainerRuntime.Builder} was told.
 *
 * @param root where the state is kept; the provider's default if empty
 * @param cgroupDriver who makes the cgroups of new containers
 * @param adoptsCgroup whether {@link dev.berth.ContainerRuntime.Builder#adoptCgroup()} was called
 * @param launchTimeout see {@link dev.berth.ContainerRuntime.Builder#launchTimeout}
 */
public record RuntimeSettings(
    Optional<Path> root, CgroupDriver cgroupDriver, boolean adoptsCgroup, Duration launchTimeout) {}
