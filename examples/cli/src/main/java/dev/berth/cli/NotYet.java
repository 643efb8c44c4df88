package dev.berth.cli;

import dev.berth.UnsupportedFeatureException;

/** Options that engines may give, and that mean something else than what would happen. */
final class NotYet {
  private NotYet() {}

  /**
   * Refuses {@code option} if it was given.
   *
   * @throws UnsupportedFeatureException if {@code given}
   */
  static void refuse(String option, boolean given) {
    if (given) {
      throw new UnsupportedFeatureException("%s: not supported yet".formatted(option));
    }
  }
}
