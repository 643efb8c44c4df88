package dev.berth.linux.stub;

import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.Plan;
import dev.berth.linux.sys.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A process to be made. Its descriptors stay the caller's.
 *
 * @param descriptors finds what the plan asks for
 * @param further what the program finds as its descriptors 3, 4, …
 */
public record Launch(
    Plan plan, Function<Descriptor, Fd> descriptors, StandardStreams streams, List<Fd> further) {

  /** What the program has open: its descriptors 0, 1, 2, … */
  List<Fd> inherited() {
    List<Fd> inherited =
        new ArrayList<>(List.of(streams.input(), streams.output(), streams.error()));
    inherited.addAll(further);
    return inherited;
  }
}
