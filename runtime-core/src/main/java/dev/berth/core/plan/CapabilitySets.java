package dev.berth.core.plan;

import dev.berth.Problem;
import dev.berth.core.spec.Capability;
import dev.berth.spec.Capabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The five sets of a process, each as {@link Capability#bits}: what was asked for, without what the
 * kernel would refuse, since the specification wants a warning about that and no failure.
 */
record CapabilitySets(
    long bounding, long effective, long permitted, long inheritable, long ambient) {

  /** The most of {@code asked} that a process can have of {@code available}; capabilities(7). */
  static CapabilitySets of(Capabilities asked, long available) {
    long bounding = Capability.bits(asked.bounding()) & available;
    long permitted = Capability.bits(asked.permitted()) & available;
    long effective = Capability.bits(asked.effective()) & permitted;
    long inheritable = Capability.bits(asked.inheritable()) & available & bounding;
    long ambient = Capability.bits(asked.ambient()) & permitted & inheritable;
    return new CapabilitySets(bounding, effective, permitted, inheritable, ambient);
  }

  /**
   * What {@link #of} leaves out, one sentence for each reason: config.md, "Linux Process", has a
   * warning for every capability that cannot be granted.
   */
  static List<Problem> warnings(Capabilities asked, long available) {
    List<Problem> warnings = new ArrayList<>();
    CapabilitySets granted = of(asked, available);
    warn(warnings, "", all(asked) & ~available, "the runtime does not have them itself");
    warn(
        warnings,
        ".effective",
        Capability.bits(asked.effective()) & available & ~granted.effective,
        "process.capabilities.permitted does not have them");
    warn(
        warnings,
        ".inheritable",
        Capability.bits(asked.inheritable()) & available & ~granted.inheritable,
        "process.capabilities.bounding does not have them");
    warn(
        warnings,
        ".ambient",
        Capability.bits(asked.ambient()) & available & ~granted.ambient,
        "an ambient capability must be permitted and inheritable, too");
    return warnings;
  }

  private static long all(Capabilities asked) {
    return Capability.bits(asked.bounding())
        | Capability.bits(asked.effective())
        | Capability.bits(asked.inheritable())
        | Capability.bits(asked.permitted())
        | Capability.bits(asked.ambient());
  }

  private static void warn(List<Problem> warnings, String set, long leftOut, String reason) {
    if (leftOut != 0) {
      String names =
          Capability.in(leftOut).stream().map(Enum::name).collect(Collectors.joining(", "));
      warnings.add(
          new Problem(
              "process.capabilities" + set, "%s: left out, since %s".formatted(names, reason)));
    }
  }
}
