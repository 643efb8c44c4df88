package dev.berth.linux.sys;

/**
 * The size of a terminal, in characters.
 *
 * @param columns 0 to 65535
 * @param rows 0 to 65535
 */
public record WindowSize(int columns, int rows) {
  private static final int MAX = 0xffff;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException for what {@code struct winsize} cannot hold
   */
  public WindowSize {
    requireWithin("columns", columns);
    requireWithin("rows", rows);
  }

  private static void requireWithin(String side, int value) {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException(
          "terminal size: %s must be within 0 to %s, is %s".formatted(side, MAX, value));
    }
  }
}
