package dev.berth.linux.process;

/**
 * How much of a stream that a program writes is kept in memory.
 *
 * @param bytes at least 0
 */
public record OutputLimit(int bytes) {

  /** What {@code run} keeps of each stream unless told otherwise: 1 MiB. */
  public static final OutputLimit DEFAULT = new OutputLimit(1 << 20);

  public OutputLimit {
    if (bytes < 0) {
      throw new IllegalArgumentException("output limit: must be at least 0, is " + bytes);
    }
  }
}
