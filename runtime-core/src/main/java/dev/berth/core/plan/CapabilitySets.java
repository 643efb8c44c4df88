package dev.berth.core.plan;

import dev.berth.core.spec.Capability;
import dev.berth.spec.Capabilities;

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
}
