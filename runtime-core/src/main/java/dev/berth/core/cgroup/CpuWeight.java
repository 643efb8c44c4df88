package dev.berth.core.cgroup;

/** {@code cpu.weight} of cgroup v2, from the shares that the specification has. */
final class CpuWeight {

  private static final long MIN_SHARES = 2;
  private static final long MAX_SHARES = 262_144;
  private static final long MAX_WEIGHT = 10_000;

  private CpuWeight() {}

  /**
   * Not linear: the curve goes through the least, the default and the greatest value of both
   * scales, (2, 1), (1024, 100) and (262144, 10000). A line would give the default shares a weight
   * of 39.
   *
   * @param shares unsigned, not 0
   */
  static long ofShares(long shares) {
    if (Long.compareUnsigned(shares, MIN_SHARES) <= 0) {
      return 1;
    }
    if (Long.compareUnsigned(shares, MAX_SHARES) >= 0) {
      return MAX_WEIGHT;
    }
    double log = Math.log((double) shares) / Math.log(2);
    return (long) Math.ceil(Math.pow(10, (log * log + 125 * log) / 612 - 7.0 / 34));
  }
}
