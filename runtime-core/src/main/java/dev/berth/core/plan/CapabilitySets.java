package dev.berth.core.plan;

import dev.berth.Problem;
import dev.berth.core.spec.Capability;
import dev.berth.core.spec.Problems;
import dev.berth.spec.Capabilities;
import java.util.List;

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

  /** The capabilities of {@code asked} that are known, but not available. */
  static List<Problem> warnings(Capabilities asked, long available) {
    Problems warnings = new Problems();
    warn("bounding", asked.bounding(), available, warnings);
    warn("effective", asked.effective(), available, warnings);
    warn("inheritable", asked.inheritable(), available, warnings);
    warn("permitted", asked.permitted(), available, warnings);
    warn("ambient", asked.ambient(), available, warnings);
    return warnings.list();
  }

  private static void warn(String set, List<String> names, long available, Problems warnings) {
    for (int i = 0; i < names.size(); i++) {
      if ((Capability.bits(names.subList(i, i + 1)) & ~available) != 0) {
        warnings.add(
            "process.capabilities.%s[%s]".formatted(set, i),
            "\"%s\" is not the runtime's to give, and left out".formatted(names.get(i)));
      }
    }
  }
}
