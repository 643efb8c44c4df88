package dev.berth.bench;

import java.util.Arrays;

/**
 * What the rounds of a subject took, in nanoseconds.
 *
 * @param nanoseconds in ascending order
 */
record Series(long... nanoseconds) {

  Series {
    nanoseconds = nanoseconds.clone();
    Arrays.sort(nanoseconds);
  }

  int rounds() {
    return nanoseconds.length;
  }

  long median() {
    int middle = nanoseconds.length / 2;
    return nanoseconds.length % 2 == 1
        ? nanoseconds[middle]
        : (nanoseconds[middle - 1] + nanoseconds[middle]) / 2;
  }

  /** The smallest that at least 99 of 100 rounds did not exceed. */
  long p99() {
    return nanoseconds[(int) Math.ceil(nanoseconds.length * 0.99) - 1];
  }

  long minimum() {
    return nanoseconds[0];
  }
}
