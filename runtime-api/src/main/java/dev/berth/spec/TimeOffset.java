package dev.berth.spec;

import org.jspecify.annotations.Nullable;

/**
 * A value of {@code linux.timeOffsets}, whose key is a clock, {@code monotonic} or {@code
 * boottime}: by how much it is ahead in the container (config-linux.md, "Offset for Time
 * Namespace").
 *
 * @param secs seconds; 0 if {@code null}
 * @param nanosecs nanoseconds in addition; 0 if {@code null}
 */
public record TimeOffset(@Nullable Long secs, @Unsigned(32) @Nullable Long nanosecs) {}
