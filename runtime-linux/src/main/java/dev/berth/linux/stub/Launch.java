package dev.berth.linux.stub;

import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.Plan;
import dev.berth.linux.sys.Fd;
import java.util.Optional;
import java.util.function.Function;

/**
 * A process to be made. Its descriptors stay the caller's.
 *
 * @param descriptors finds what the plan asks for
 * @param cgroup a cgroup v2 directory for the process to be born in
 */
public record Launch(
    Plan plan,
    Function<Descriptor, Fd> descriptors,
    StandardStreams streams,
    Optional<Fd> cgroup) {}
