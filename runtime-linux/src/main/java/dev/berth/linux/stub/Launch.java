package dev.berth.linux.stub;

import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.Plan;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A process to be made. Its descriptors stay the caller's.
 *
 * @param descriptors finds, or opens, what the plan asks for
 * @param further what the program finds as its descriptors 3, 4, …
 */
public record Launch(
    Plan plan, Descriptors descriptors, StandardStreams streams, List<Fd> further) {

  /** Where the descriptors come from that a plan asks for. */
  @FunctionalInterface
  public interface Descriptors {

    /** Finds or opens {@code descriptor}; it stays open until {@link #release()} at least. */
    Fd get(Descriptor descriptor) throws IOException;

    /** Closes those that were opened for the launch: the kernel has a copy of each. */
    default void release() {}
  }

  /** What the program has open: its descriptors 0, 1, 2, … */
  List<Fd> inherited() {
    List<Fd> inherited =
        new ArrayList<>(List.of(streams.input(), streams.output(), streams.error()));
    inherited.addAll(further);
    return inherited;
  }
}
